"""Fabrikam Intranet: every route, what it requires, what it shows.

`python app.py` runs it.  A route that does not say what it requires does not start.
"""

from __future__ import annotations

import sys

from fabrikam.cli import main
from fabrikam.shared.lazy import deferred

if __name__ == "__main__":  # first: most commands need no page, and load none
    sys.exit(main(sys.argv[1:], deferred("app:create_app")))

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bottle import Bottle, HTTPError, HTTPResponse, request, static_file

from fabrikam.company import (
    CUSTOMER_COLUMNS,
    EMPLOYEE_COLUMNS,
    Company,
    Employee,
    Listed,
    SalaryProblem,
    changed_meanwhile,
    just_changed,
    read_listing,
    read_salary,
)
from fabrikam.oidc import SignInError
from fabrikam.stepup import LOGIN, NOTHING
from fabrikam.web import (
    KEPT,
    Page,
    Services,
    StepUpConfiguration,
    StoreUnavailable,
    add_sign_in,
    claim_rows,
    every,
    field,
    install_step_up,
    is_on_this_machine,
    level_of,
    problem,
    see_other,
    strategy_rows,
)

__all__ = ["create_app"]

VIEWS: Final = Path(__file__).parent / "views"


def create_app(configuration: StepUpConfiguration, company: Company) -> Bottle:
    """Build the intranet."""
    app = Bottle()
    services = install_step_up(app, configuration, VIEWS)
    _pages(app, configuration, company, services)
    _about_the_visitor(app, configuration, services)
    _salaries(app, configuration, company, services)
    add_sign_in(app, services)
    _for_programs(app, configuration, company)
    _for_operators(app, configuration, services)
    for route in app.routes:
        route.prepare()  # a route without `requires` fails now, not on its first visit
    return app


def _pages(
    app: Bottle,
    configuration: StepUpConfiguration,
    company: Company,
    services: Services,
) -> None:
    @app.get("/", requires=NOTHING, template="home")
    def home() -> Page:
        return {}

    @app.get("/customers", requires=LOGIN, template="customers")
    def customers() -> Page:
        return {"page": company.customers(read_listing(CUSTOMER_COLUMNS, **_asked()))}

    @app.get("/employees", requires=configuration.second_factor, template="employees")
    def employees() -> Page:
        return {"page": company.employees(read_listing(EMPLOYEE_COLUMNS, **_asked()))}

    @app.get(
        "/employees/<number:int>",
        requires=configuration.second_factor,
        template="employee",
    )
    def employee(number: int) -> Page:
        page = _employee_page(company, _employee(company, number))
        saved = just_changed(
            page["history"], by=_signed_in_name(services), now=configuration.clock()
        )
        return {
            **page,
            "saved": saved,
            "unsaved": bool(_query("unsaved")) and not saved,
        }


def _about_the_visitor(
    app: Bottle, configuration: StepUpConfiguration, services: Services
) -> None:
    @app.get("/profile", requires=LOGIN, template="profile")
    def profile() -> Page:
        evidence = services.current_session.signed_in().evidence
        level = level_of(
            evidence,
            configuration.second_factor,
            by=configuration.strategy,
            now=configuration.clock(),
        )
        return {
            "level": level.word,
            "level_reason": level.reason,
            "claims": claim_rows(evidence.id_token.claims),
        }

    @app.get("/compare", requires=LOGIN, template="compare")
    def compare() -> Page:
        return {
            "rows": strategy_rows(
                configuration.strategies,
                services.current_session.signed_in().evidence,
                in_use=configuration.strategy,
                shadow=configuration.shadow,
            )
        }


def _salaries(
    app: Bottle,
    configuration: StepUpConfiguration,
    company: Company,
    services: Services,
) -> None:
    recent_second_factor = configuration.second_factor.within(minutes=5)

    @app.get(
        "/employees/<number:int>/salary",
        requires=recent_second_factor,
        template="confirm_salary",
    )
    def confirm_salary(number: int) -> Page | HTTPResponse:
        form = services.forms.look(
            services.current_session.signed_in(), request.path, _query(KEPT)
        )
        if form is None:  # asked already, or the session of the form is over
            return see_other(f"/employees/{number}", unsaved="1")
        employee = _employee(company, number)
        salary = read_salary(form, employee.salary)
        if isinstance(salary, SalaryProblem):
            return _unchanged(company, services, employee, salary, form)
        return {
            "employee": employee,
            "old": employee.salary,
            "new": salary,
            "fields": [(KEPT, _query(KEPT))],
            "action_url": request.path,
        }

    @app.post(
        "/employees/<number:int>/salary",
        requires=recent_second_factor,
        keeps_form=True,
    )
    def change_salary(number: int) -> HTTPResponse:
        form = _sent_form(services)
        if form is None:  # confirmed already, or too late
            return see_other(f"/employees/{number}", unsaved="1")
        employee = _employee(company, number)
        salary = read_salary(form, employee.salary)
        if isinstance(salary, SalaryProblem):
            return _unchanged(company, services, employee, salary, form)
        by, at, seen = _signed_in_name(services), configuration.clock(), employee.salary
        if not company.set_salary(employee.id, salary, seen=seen, by=by, at=at):
            employee = _employee(company, number)
            faster = changed_meanwhile(employee.salary)
            return _unchanged(company, services, employee, faster, form)
        return see_other(f"/employees/{number}")


def _for_programs(
    app: Bottle, configuration: StepUpConfiguration, company: Company
) -> None:
    @app.get("/api/customers", requires=LOGIN, scope="read:customers")
    def api_customers() -> Page:
        return _as_json(company.customers(read_listing(CUSTOMER_COLUMNS, **_asked())))

    @app.get(
        "/api/employees", requires=configuration.second_factor, scope="read:employees"
    )
    def api_employees() -> Page:
        return _as_json(company.employees(read_listing(EMPLOYEE_COLUMNS, **_asked())))


def _for_operators(
    app: Bottle, configuration: StepUpConfiguration, services: Services
) -> None:
    @app.get("/healthz", requires=NOTHING)
    def healthz() -> Page:
        return {"status": "alive"}

    @app.get("/readyz", requires=NOTHING)
    def readyz() -> Page | HTTPResponse:
        try:
            configuration.store.ping()
            configuration.party.provider.metadata()
        except StoreUnavailable:
            return problem(503, "store-away", "Not ready", "The store does not answer.")
        except SignInError as error:
            return problem(503, "tenant-away", "Not ready", error.public)
        return {"status": "ready"}

    @app.get("/metrics", requires=NOTHING)
    def metrics() -> HTTPResponse:
        if not is_on_this_machine(request):
            raise HTTPError(404)  # numbers for the machine itself, not for visitors
        return HTTPResponse(
            services.metrics.text(), 200, {"Content-Type": "text/plain"}
        )

    @app.get("/static/<name:path>", requires=NOTHING)
    def static(name: str) -> HTTPResponse:
        return static_file(
            name, str(VIEWS / "static"), headers={"Cache-Control": "max-age=300"}
        )


def _query(name: str) -> str:
    return field(request.query, name)


def _asked() -> dict[str, str]:
    return {name: _query(name) for name in ("q", "sort", "page")}


def _sent_form(services: Services) -> Mapping[str, str] | None:
    """Return the fields that were sent, or those of the kept form that they name."""
    form = every(request.forms)
    if KEPT not in form:
        return form
    return services.forms.take(
        services.current_session.signed_in(), request.path, form[KEPT]
    )


def _as_json(page: Listed[Any]) -> Page:
    return {
        "total": page.total,
        "page": page.number,
        "pages": page.pages,
        "rows": [asdict(row) for row in page.rows],
    }


def _employee(company: Company, number: int) -> Employee:
    employee = company.employee(number)
    if employee is None:
        raise HTTPError(404)
    return employee


def _employee_page(company: Company, employee: Employee) -> Page:
    return {
        "employee": employee,
        "history": company.history(employee.id),
        "problem": None,
        "entered": "",
        "saved": None,
        "unsaved": False,
    }


def _unchanged(
    company: Company,
    services: Services,
    employee: Employee,
    problem: SalaryProblem,
    form: Mapping[str, str],
) -> HTTPResponse:
    page = {
        **_employee_page(company, employee),
        "problem": problem.message,
        "entered": form.get("salary", ""),
    }
    return services.pages.response("employee", problem.status, page)


def _signed_in_name(services: Services) -> str:
    session = services.current_session.signed_in()
    return session.email or session.evidence.subject
