"""How the lab's tests open an intranet: as the roof does, in a folder of the test."""

from __future__ import annotations

from app import create_app
from fabrikam.company import Company
from fabrikam.web import StepUpConfiguration
from fabrikam.web.stores.sqlite_store import SqliteStore


def opener(company: Company):
    """A function that the lab can open intranets with."""

    def open_intranet(party, strategy, clock, data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
        configuration = StepUpConfiguration(
            strategy=strategy,
            party=party,
            store=SqliteStore(data_dir / "intranet.sqlite"),
            secret="a secret of this application",
            base_url="http://localhost:3000",
            clock=clock,
        )
        return create_app(configuration, company)

    return open_intranet
