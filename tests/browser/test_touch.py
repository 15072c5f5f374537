"""The tiles of a large heatmap under fingers: touches as the browser itself gets them from a screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.bench import Bench
from browser.tiles import Map, long_server
from browser.waiting import eventually
from playwright.sync_api import Browser, Page, expect

Point = tuple[float, float]
STEPS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with long_server() as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a phone."""
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, device_scale_factor=2, has_touch=True, is_mobile=True)
    context.add_init_script("try { localStorage.setItem('headlight:toured', '1') } catch {}")
    yield context.new_page()
    context.close()


class Fingers:
    def __init__(self, map_: Map):
        self.map, self.page = map_, map_.page
        self.session = self.page.context.new_cdp_session(self.page)
        self.page.locator(".tiled").evaluate("(it) => it.scrollIntoView({block: 'center'})")
        pane = map_.box(".tiled .cells")
        self.middle = pane["x"] + 0.4 * pane["width"], pane["y"] + 0.6 * pane["height"]

    def beside(self, x: float, y: float) -> Point:
        """A point so far from the middle of the map."""
        return self.middle[0] + x, self.middle[1] + y

    def touch(self, kind: str, *points: Point, first: int = 0) -> None:
        """With one finger a point, from this one on; at the end, those that are lifted, or all."""
        at = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points, first)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
        self.page.wait_for_timeout(20)

    def drag(self, *ways: tuple[Point, Point]) -> None:
        """Each finger from one point to another, all at once."""
        self.touch("touchStart", *(start for start, _ in ways))
        for step in range(1, STEPS + 1):
            part = step / STEPS
            self.touch("touchMove", *((x + (u - x) * part, y + (v - y) * part) for (x, y), (u, v) in ways))
        self.touch("touchEnd")

    def spread(self) -> None:
        """Until cells are four times as large."""
        self.drag((self.beside(-20, 0), self.beside(-80, 0)), (self.beside(20, 0), self.beside(80, 0)))

    def under(self, point: Point) -> Point:
        """The place of the matrix there: query and key."""
        left, top = self.map.at(0, 0)
        return (point[1] - top) / self.map.cell, (point[0] - left) / self.map.cell

    @property
    def scrolled(self) -> float:
        return self.page.evaluate("scrollY")


@pytest.fixture
def fingers(bench: Bench) -> Fingers:
    return Fingers(Map(bench, bench.page).open())


def close(place: Point, other: Point, cells: float = 2.5) -> bool:
    return abs(place[0] - other[0]) < cells and abs(place[1] - other[1]) < cells


def test_two_fingers_enlarge_what_lies_between_them(fingers: Fingers) -> None:
    whole, held, before = fingers.map.cell, fingers.under(fingers.middle), fingers.map.box(".tiled .cells")["y"]
    fingers.spread()
    assert fingers.map.cell == pytest.approx(4 * whole, rel=0.02)
    assert close(fingers.under(fingers.middle), held)
    assert fingers.map.box(".tiled .cells")["y"] == pytest.approx(before, abs=1)  # the page has not been scrolled
    assert fingers.page.evaluate("visualViewport.scale") == 1
    fingers.map.chose(400, 30)


def test_what_lies_under_each_finger_stays_there(fingers: Fingers) -> None:
    fingers.spread()
    one, other = fingers.beside(-15, -20), fingers.beside(15, 20)
    places = fingers.under(one), fingers.under(other)
    ends = fingers.beside(-15, -20), fingers.beside(45, 60)
    fingers.drag((one, ends[0]), (other, ends[1]))
    assert all(close(fingers.under(end), place) for end, place in zip(ends, places, strict=True))


def test_two_fingers_move_the_map_as_one_does(fingers: Fingers) -> None:
    fingers.spread()
    for ways in ([(-10, 0)], [(-30, 0), (30, 0)]):
        cell, held = fingers.map.cell, fingers.under(fingers.middle)
        fingers.drag(*((fingers.beside(x, y), fingers.beside(x + 40, y - 30)) for x, y in ways))
        assert fingers.map.cell == pytest.approx(cell, rel=0.02)
        assert close(fingers.under(fingers.beside(40, -30)), held, 4)  # less what it takes to tell a drag from a tap
    fingers.map.chose(400, 30)


def test_a_lifted_finger_leaves_the_map_to_the_other(fingers: Fingers) -> None:
    fingers.spread()
    one, other = fingers.beside(-30, 0), fingers.beside(30, 0)
    fingers.touch("touchStart", one, other)
    fingers.touch("touchMove", one, fingers.beside(50, 0))
    fingers.touch("touchEnd", fingers.beside(50, 0), first=1)
    cell, held = fingers.map.cell, fingers.under(one)
    for step in range(1, 6):
        fingers.touch("touchMove", fingers.beside(-30 + 8 * step, 0))
    fingers.touch("touchEnd")
    assert fingers.map.cell == cell
    assert close(fingers.under(fingers.beside(10, 0)), held)


def test_fingers_together_show_the_whole_matrix_again(fingers: Fingers) -> None:
    whole = fingers.map.cell
    fingers.spread()
    for _ in range(2):
        fingers.drag((fingers.beside(-80, 0), fingers.beside(-20, 0)), (fingers.beside(80, 0), fingers.beside(20, 0)))
    expect(fingers.page.get_by_role("button", name="Whole matrix")).to_be_disabled()
    eventually(fingers.page, lambda: fingers.map.cell, pytest.approx(whole))


def test_a_tap_chooses_the_cell_under_it(fingers: Fingers) -> None:
    for _ in range(2):
        fingers.spread()
    query, key = map(int, fingers.under(fingers.middle))
    fingers.touch("touchStart", fingers.map.at(query + 0.5, key + 0.5))
    fingers.touch("touchEnd")
    fingers.map.chose(query, key)


def test_a_finger_scrolls_the_page_while_all_is_in_view(fingers: Fingers) -> None:
    before, whole = fingers.scrolled, fingers.map.cell
    fingers.drag((fingers.middle, fingers.beside(0, -100)))
    eventually(fingers.page, lambda: fingers.scrolled > before + 50, True)
    assert fingers.map.cell == whole
