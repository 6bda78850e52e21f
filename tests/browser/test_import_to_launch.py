"""From a file to a running campaign: drop, check, try, import, rejects, segment, four steps, launch."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]
HEADERS = ["Last Name", "First Name", "DOB", "Cell", "Street", "City", "ST", "Zip", "Source of list"]
GOOD = 24
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: "text/csv"}));
  const how = {dataTransfer: data, bubbles: true, cancelable: true};
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", how));
}"""


def _rows() -> list[list[str]]:
    """Thirty rows: 24 people, two of them twice, two without a name, two who cannot be reached."""
    town = ["Utica", "NY", "13501", ""]
    good = [
        [f"Launch{n:02}", "Ana", f"{1 + n % 12}/{1 + n}/1961", f"(315) 555-01{n:02}", f"{n + 1} Elm St", *town]
        for n in range(GOOD)
    ]
    nameless = [["", "", "1/2/1970", f"(315) 555-015{n}", "", "", "", "", ""] for n in range(2)]
    unreachable = [[f"Nowhere{n}", "Ned", "1/2/1970", "none", "", "", "", "", ""] for n in range(2)]
    return [*good, good[3], good[5], *nameless, *unreachable]


def _file() -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADERS, *_rows()])
    return out.getvalue()


def _figures(page: Page) -> dict[str, int]:
    """The counts of the import's page by name."""
    names = page.locator(".figure-name").all_inner_texts()
    return dict(zip(names, [int(value) for value in page.locator(".figure-value").all_inner_texts()], strict=True))


def _import(manager: Visitor, tmp_path: Path) -> None:
    page = manager.page
    manager.open("import/")
    page.evaluate(DROP, ["elm-street.csv", _file()])
    page.wait_for_url("**/import/file/*/")
    assert manager.findings() == []
    assert page.get_by_label("Last Name").locator("option:checked").inner_text() == "Family name"
    assert page.get_by_label("Cell").locator("option:checked").inner_text() == "Mobile phone"
    assert page.get_by_label("Source of list").locator("option:checked").inner_text() == "Leave this column out"
    page.get_by_label("Where the file comes from").fill("Elm Street")
    page.get_by_role("group", name="Whose people").get_by_label("Patients of the practice").check()
    page.get_by_label("Text messages").select_option(label="Everybody agreed in writing")
    manager.expects_trouble = True  # the console tells of every answer 422
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("Consent for a whole list needs its evidence")
    assert manager.findings() == []
    manager.expects_trouble = False
    page.get_by_label("Evidence of that consent").fill("Signed at the desk, kept in binder 7.")
    page.get_by_role("button", name="Try it").click()

    expect(page.get_by_text("Nothing was changed. This is what importing the file would do.")).to_be_visible()
    assert _figures(page) == {"New people": 24, "Changed": 0, "Same": 0, "Duplicates": 2, "Refused": 4}
    expect(page.get_by_role("heading", name="Rows that were refused")).to_be_visible()
    assert manager.findings() == []
    page.get_by_role("button", name="Import these people").click()

    expect(page.get_by_text("Imported.", exact=True)).to_be_visible()
    figures = _figures(page)
    assert figures == {"New people": 24, "Changed": 0, "Same": 0, "Duplicates": 2, "Refused": 4}
    assert sum(figures.values()) == len(_rows())
    assert manager.findings() == []
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download them").click()
    rejects = tmp_path / "rejects.csv"
    coming.value.save_as(rejects)
    head, *refused = list(csv.reader(io.StringIO(rejects.read_text(encoding="utf-8"))))
    assert head[: len(HEADERS)] == HEADERS
    assert [row[: len(HEADERS)] for row in refused] == _rows()[-4:]


def _segment(manager: Visitor) -> None:
    page = manager.page
    manager.open("segments/")
    page.get_by_role("link", name="New segment").click()
    page.get_by_label("Name", exact=True).fill("People of Elm Street")
    page.get_by_label("Fact").select_option(label="List the person is on")
    expect(page.get_by_label("Fact").locator("option:checked")).to_have_text("List the person is on")
    expect(page.locator("[name='value:r.0']")).to_have_attribute("type", "text")
    page.locator("[name='value:r.0']").fill("Elm Street")
    expect(page.locator("#result .figure-value")).to_have_text("24")
    assert manager.findings() == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People of Elm Street")


def _launch(manager: Visitor) -> None:
    page = manager.page
    manager.open("campaigns/")
    page.get_by_role("link", name="Launch a campaign").first.click()
    page.get_by_label("Name of the campaign").fill("Elm Street comes back")
    page.locator(".choice", has_text="Community outreach").first.get_by_role("radio").check()
    page.get_by_role("button", name="Save and choose people").click()
    page.get_by_label("People of Elm Street").check()
    expect(page.locator("#reach .figure-value")).to_contain_text("24")
    assert manager.findings() == []
    page.get_by_role("button", name="Save and plan").click()
    page.get_by_label("People a day").fill("12")
    assert manager.findings() == []
    page.get_by_role("button", name="Save and see what would happen").click()

    launch = page.get_by_role("button", name="Confirm and launch")
    expect(launch).to_be_enabled()
    assert manager.findings() == []
    for box in page.locator("#launch input[type=checkbox]").all():
        box.check()
    launch.click()
    page.wait_for_url("**/campaigns/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Elm Street comes back")
    expect(page.locator(".live-head")).to_contain_text("Running")
    expect(page.locator("#live .figure-card", has_text="On the list")).to_contain_text("24")
    assert manager.findings() == []
    manager.open("campaigns/")
    expect(page.get_by_role("row", name="Elm Street comes back")).to_contain_text("Running")


def test_from_a_file_to_a_running_campaign(visit: Visit, worker: None, inside: Any, tmp_path: Path) -> None:
    manager = visit("manager")
    _import(manager, tmp_path)
    _segment(manager)
    _launch(manager)
    with inside():
        from beckon.campaigns.models import Campaign
        from beckon.people.models import Import
        from beckon.segments.models import Segment

        campaign = Campaign.objects.get(name="Elm Street comes back")
        assert campaign.status == "running"
        assert Segment.objects.get(pk=campaign.segment_id).name == "People of Elm Street"
        runs = Import.objects.filter(source__name="Elm Street").order_by("pk")
        assert [(row.created, row.options["dry_run"]) for row in runs] == [(24, True), (24, False)]
