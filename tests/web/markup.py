"""HTML read back as a list of elements, so that a test can ask about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html.parser import HTMLParser

__all__ = ["Element", "found", "read", "skeleton"]

VOID = {"input", "link", "meta", "img", "br", "path", "rect"}


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"{tag}: an attribute twice"
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.elements[self.open.pop()].tag == tag, f"{tag}: closed too early"

    def handle_data(self, data: str) -> None:
        for place in self.open:
            element = self.elements[place]
            self.elements[place] = replace(element, text=element.text + data)


def read(html: str) -> list[Element]:
    """The elements of a page in order; badly nested tags fail."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader.elements


def found(html: str, tag: str, **attributes: str) -> list[Element]:
    return [
        element
        for element in read(html)
        if element.tag == tag and attributes.items() <= element.attributes.items()
    ]


def skeleton(html: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(element.tag, tuple(element.attributes)) for element in read(html)]
