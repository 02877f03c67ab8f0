"""Two hundred customers and three hundred employees, made up the same way every time.

Nobody here is real: names are drawn from lists, mail goes to `.example`.
"""

# ruff: noqa: RUF001  # Turkish names are spelt with a dotless i

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from random import Random
from typing import TYPE_CHECKING, Final

from fabrikam.web.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Contract", "Hire", "contracts", "hires"]

_CUSTOMERS: Final = 200
_FIRST_YEAR, _LAST_YEAR = 2001, 2025


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """An employee on the day that the company's file is made."""

    id: int
    name: str
    email: str
    department: str
    title: str
    office: str
    manager_id: int | None
    started_on: str
    salary: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A customer on the day that the company's file is made."""

    id: int
    name: str
    sector: str
    city: str
    country: str
    contact: str
    email: str
    account_manager_id: int
    since: str
    revenue: int


@dataclass(frozen=True, slots=True)
class _Culture:
    country: str
    cities: tuple[str, ...]
    company: str  # how a company is called there, around its own name
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Post:
    title: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class _Department:
    name: str
    size: int
    head: _Post
    lead: _Post
    members: tuple[_Post, ...]


def _culture(country: str, cities: str, company: str, *names: str) -> _Culture:
    firsts, lasts = (tuple(line.split()) for line in names)
    return _Culture(country, tuple(cities.split(", ")), company, firsts, lasts)


# fmt: off
_CULTURES: Final = (
    _culture("Netherlands", "Amsterdam, Utrecht, Eindhoven, Groningen", "{} B.V.",
             "Sanne Daan Fleur Bram Lotte Sven Maartje Thijs Noor Joris",
             "Visser Bakker Dijkstra Hoekstra Vermeulen Kuipers Postma Brouwer"),
    _culture("Germany", "Berlin, Leipzig, Köln, Nürnberg", "{} GmbH",
             "Jürgen Anke Lukas Käthe Matthias Ulrike Sören Greta Hannes Birgit",
             "Müller Schäfer Krüger Vogel Hartmann Weiß Lindner Böhm"),
    _culture("Spain", "Madrid, Sevilla, Málaga, Bilbao", "{} S.L.",
             "Lucía Álvaro Inés Íñigo Marta Joaquín Nuria Rubén Carmen Andrés",
             "Ibáñez Moreno Peña Ruiz Castaño Vidal Ortega Núñez"),
    _culture("Sweden", "Stockholm, Göteborg, Malmö, Örebro", "{} AB",
             "Åsa Björn Linnéa Göran Maja Håkan Elsa Nils Freja Östen",
             "Sjöberg Lindqvist Åkesson Nyström Berglund Hedlund Öberg Dahl"),
    _culture("Poland", "Warszawa, Kraków, Łódź, Gdańsk", "{} Sp. z o.o.",
             "Agnieszka Łukasz Zofia Paweł Małgorzata Stanisław Ewa Michał Hanna Jerzy",
             "Wójcik Kamiński Dąbrowska Zając Pawlak Król Sikora Gołębiowska"),
    _culture("United Kingdom", "London, Leeds, Bristol, Glasgow", "{} Ltd",
             "Imogen Rhys Harriet Alistair Poppy Gareth Fiona Callum Beatrix Owen",
             "Ashworth Pemberton Llewellyn Hargreaves Fairfax Whitlock Baird Radcliff"),
    _culture("Ireland", "Dublin, Cork, Galway, Limerick", "{} Teo",
             "Aoife Ciarán Niamh Seán Róisín Oisín Siobhán Pádraig Orla Fionn",
             "O'Brien Ní-Dhuibhir Gallagher O'Sullivan Byrne Doherty Keane Nolan"),
    _culture("France", "Lyon, Nantes, Bordeaux, Lille", "{} SAS",
             "Élodie Rémi Maëlle Théo Anaïs Benoît Chloé Loïc Zoé Gaël",
             "Lefèvre Beaumont Chevalier Girard Rousseau Périn Delacroix Marchand"),
    _culture("Portugal", "Lisboa, Porto, Braga, Évora", "{} Lda.",
             "Inês Tiago Beatriz João Matilde Gonçalo Catarina Rui Leonor Duarte",
             "Gonçalves Magalhães Conceição Figueira Teixeira Simões Barros Leitão"),
    _culture("Türkiye", "İstanbul, İzmir, Ankara, Bursa", "{} A.Ş.",
             "Elif Emre Zeynep Çağlar Ayşe Kerem Şebnem Ozan Gül Barış",
             "Yılmaz Öztürk Şahin Çelik Aydın Kılıç Güneş Erdoğdu"),
    _culture("India", "Pune, Bengaluru, Chennai, Jaipur", "{} Pvt. Ltd",
             "Ananya Rohan Priya Vikram Meera Arjun Kavita Sanjay Ishani Dev",
             "Iyer Deshpande Banerjee Chaudhary Menon Kulkarni Sethi Raghavan"),
    _culture("Japan", "Osaka, Sapporo, Nagoya, Fukuoka", "{} K.K.",
             "Haruka Kenji Yūki Sakura Takumi Emi Ryō Aiko Daichi Naomi",
             "Kobayashi Fujimoto Ōno Hayashi Mori Ishikawa Satō Nakagawa"),
    _culture("Nigeria", "Lagos, Abuja, Ibadan, Enugu", "{} Nig. Ltd",
             "Adaeze Chinedu Folake Tunde Ngozi Emeka Yewande Ifeanyi Amara Segun",
             "Okafor Adeyemi Eze Balogun Nwosu Ogunleye Obi Danjuma"),
    _culture("Brazil", "São Paulo, Recife, Curitiba, Belém", "{} Ltda.",
             "Thaís Caio Luíza Thiago Débora Márcio Yasmin Otávio Jussara Davi",
             "Araújo Cavalcanti Sampaio Guimarães Prado Assunção Queiroz Bittencourt"),
    _culture("Kenya", "Nairobi, Mombasa, Kisumu, Nakuru", "{} EPZ",
             "Wanjiru Otieno Achieng Kamau Makena Kiprop Njeri Baraka Zawadi Juma",
             "Mwangi Odhiambo Kiplagat Wambui Mutua Njoroge Chebet Omondi"),
    _culture("Vietnam", "Hà Nội, Huế, Đà Nẵng, Cần Thơ", "{} JSC",
             "Linh Minh Thảo Quân Hương Đức Mai Tuấn Ngọc Bảo",
             "Nguyễn Trần Phạm Hoàng Đặng Bùi Đỗ Lý"),
)

_CHIEF: Final = _Post("Chief Executive", 285_000, 285_000)
_DEPARTMENTS: Final = (
    _Department("Engineering", 80, _Post("Head of Engineering", 158_000, 172_000),
                _Post("Engineering Lead", 96_000, 118_000),
                (_Post("Software Engineer", 58_000, 84_000),
                 _Post("Senior Software Engineer", 80_000, 102_000),
                 _Post("Test Engineer", 54_000, 76_000),
                 _Post("Product Designer", 56_000, 82_000))),
    _Department("Production", 70, _Post("Head of Production", 128_000, 142_000),
                _Post("Shift Lead", 56_000, 68_000),
                (_Post("Machine Operator", 33_000, 44_000),
                 _Post("Quality Inspector", 38_000, 51_000),
                 _Post("Maintenance Technician", 41_000, 55_000))),
    _Department("Sales", 40, _Post("Head of Sales", 138_000, 156_000),
                _Post("Regional Sales Lead", 82_000, 104_000),
                (_Post("Account Manager", 52_000, 78_000),
                 _Post("Sales Analyst", 47_000, 62_000))),
    _Department("Customer Care", 30, _Post("Head of Customer Care", 98_000, 112_000),
                _Post("Care Lead", 54_000, 64_000),
                (_Post("Care Agent", 34_000, 44_000),
                 _Post("Onboarding Specialist", 41_000, 53_000))),
    _Department("Logistics", 28, _Post("Head of Logistics", 104_000, 119_000),
                _Post("Warehouse Lead", 49_000, 60_000),
                (_Post("Warehouse Worker", 31_000, 39_000),
                 _Post("Transport Planner", 42_000, 56_000))),
    _Department("Research", 20, _Post("Head of Research", 148_000, 164_000),
                _Post("Principal Scientist", 108_000, 128_000),
                (_Post("Materials Scientist", 64_000, 92_000),
                 _Post("Laboratory Technician", 40_000, 54_000))),
    _Department("Finance", 14, _Post("Head of Finance", 142_000, 158_000),
                _Post("Financial Controller", 84_000, 98_000),
                (_Post("Accountant", 46_000, 62_000),
                 _Post("Payroll Specialist", 44_000, 56_000))),
    _Department("People", 10, _Post("Head of People", 112_000, 126_000),
                _Post("Talent Lead", 68_000, 80_000),
                (_Post("People Partner", 52_000, 68_000),
                 _Post("Recruiter", 44_000, 60_000))),
    _Department("IT", 7, _Post("Head of IT", 118_000, 132_000),
                _Post("Platform Lead", 84_000, 99_000),
                (_Post("Systems Administrator", 52_000, 70_000),
                 _Post("Support Specialist", 39_000, 52_000))),
)
_MEMBERS_PER_LEAD: Final = 10
_OFFICES: Final = ("Amsterdam", "Berlin", "Dublin", "Lisboa", "Nairobi", "Pune")

_TRADES: Final = {
    "Agriculture": ("Seeds", "Orchards", "Harvest"),
    "Construction": ("Timber", "Bridges", "Masonry"),
    "Education": ("Learning", "Press", "Academy"),
    "Energy": ("Wind", "Solar", "Grid Services"),
    "Food": ("Dairy", "Bakeries", "Fine Foods"),
    "Health": ("Clinics", "Instruments", "Diagnostics"),
    "Hospitality": ("Hotels", "Catering", "Lodges"),
    "Manufacturing": ("Precision", "Ceramics", "Castings"),
    "Retail": ("Stores", "Outfitters", "Interiors"),
    "Transport": ("Freight", "Rail Parts", "Shipping"),
}
# fmt: on


def hires() -> tuple[Hire, ...]:
    """Everybody who works here: the chief first, managers before their people."""
    chance = Random("fabrikam: employees")  # noqa: S311  # a story, not a secret
    seats = zip(count(1), _posts(chance), _people(chance), strict=False)
    return tuple(
        Hire(
            id=number,
            name=name,
            email=f"{_mailbox(name)}@fabrikam.example",
            department=department,
            title=post.title,
            office=chance.choice(_OFFICES),
            manager_id=manager_id,
            started_on=_day(chance),
            salary=round(chance.randint(post.least, post.most), -2),
        )
        for number, (department, post, manager_id), name in seats
    )


def contracts(staff: tuple[Hire, ...]) -> tuple[Contract, ...]:
    """Everybody whom the company sells to, each looked after by an account manager."""
    chance = Random("fabrikam: customers")  # noqa: S311  # a story, not a secret
    managers = [hire.id for hire in staff if hire.title == "Account Manager"]
    firms = islice(_firms(chance), _CUSTOMERS)
    return tuple(
        Contract(
            id=number,
            name=culture.company.format(stem),
            sector=sector,
            city=chance.choice(culture.cities),
            country=culture.country,
            contact=(contact := _name(chance, culture)),
            email=f"{_mailbox(contact)}@{_host(stem)}.example",
            account_manager_id=chance.choice(managers),
            since=_day(chance),
            revenue=round(int(chance.lognormvariate(11.6, 1.0)), -2),
        )
        for number, (stem, sector, culture) in enumerate(firms, start=1)
    )


def _posts(chance: Random) -> Iterator[tuple[str, _Post, int | None]]:
    yield "Management", _CHIEF, None
    head_id = 2
    for department in _DEPARTMENTS:
        yield department.name, department.head, 1
        leads = max(1, department.size // _MEMBERS_PER_LEAD)
        for _ in range(leads):
            yield department.name, department.lead, head_id
        for _ in range(department.size - 1 - leads):
            lead_id = head_id + 1 + chance.randrange(leads)
            yield department.name, chance.choice(department.members), lead_id
        head_id += department.size


def _people(chance: Random) -> Iterator[str]:
    met = set[str]()
    while True:
        name = _name(chance, chance.choice(_CULTURES))
        if folded(name) not in met:  # mail addresses come from the folded name
            met.add(folded(name))
            yield name


def _firms(chance: Random) -> Iterator[tuple[str, str, _Culture]]:
    met = set[str]()
    while True:
        culture, sector = chance.choice(_CULTURES), chance.choice(tuple(_TRADES))
        stem = f"{chance.choice(culture.lasts)} {chance.choice(_TRADES[sector])}"
        if stem not in met:
            met.add(stem)
            yield stem, sector, culture


def _name(chance: Random, culture: _Culture) -> str:
    return f"{chance.choice(culture.firsts)} {chance.choice(culture.lasts)}"


def _day(chance: Random) -> str:
    year = max(chance.randint(_FIRST_YEAR, _LAST_YEAR) for _ in range(2))
    return date(year, chance.randint(1, 12), chance.choice((1, 15))).isoformat()


def _mailbox(name: str) -> str:
    return folded(name).replace("'", "").replace(" ", ".")


def _host(stem: str) -> str:
    return folded(stem).replace("'", "").replace(" ", "-")
