"""The desk on a tablet: nothing lies over anything else, and everything can be scrolled to."""

import pytest

from tests.preview.conftest import Browse, Running

pytestmark = pytest.mark.chromium

OVERLAPS = """() => {
  const ids = ["shelf", "stage", "margin", "views", "ends", "looks", "reader", "finder", "status"];
  const boxes = ids.map((id) => [id, document.getElementById(id).getBoundingClientRect()]);
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
    || a.bottom <= b.top + 1 || b.bottom <= a.top + 1 || !a.width || !b.width;
  return boxes.flatMap(([one, box], at) => boxes.slice(at + 1)
    .filter(([, other]) => !apart(box, other)).map(([other]) => `${one} lies over ${other}`));
}"""
UNREACHABLE = """() => [...document.querySelectorAll("button, select, input, a.place, #found")]
  .filter((node) => {
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = node.getBoundingClientRect();
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !middle || !(node.contains(middle) || middle.contains(node));
  }).map((node) => node.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("size", [(1024, 768), (1280, 800)])
def test_nothing_overlaps_or_is_out_of_reach(
    sampled: Running, browse: Browse, size: tuple[int, int]
) -> None:
    page = browse(sampled.url, viewport={"width": size[0], "height": size[1]})
    page.wait_for_selector("body[data-reviewed]")
    page.locator("#find").fill("orders => 0")
    page.locator("#find").press("Enter")
    page.locator("#found.wrong").wait_for()
    page.locator("h1").click()
    for key, seen in (("m", ".matrix"), ("l", ".single"), ("d", ".difference")):
        page.keyboard.press(key)
        page.locator(seen).wait_for()
        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(UNREACHABLE) == []
