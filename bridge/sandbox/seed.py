"""What every fresh site has: link types, a default screen, the fields of Jira Software."""

from bridge.sandbox.catalog import Catalog, Screen
from bridge.sandbox.fieldtypes import PLATFORM, READ_ONLY, SOFTWARE

DEFAULT_SCREEN = 1
EPIC_NAME, EPIC_LINK, START, POINT_ESTIMATE = 10011, 10014, 10015, 10016
PARENT_LINK, RANK, SPRINT, FLAGGED, STORY_POINTS = 10018, 10019, 10020, 10021, 10026


def basics(catalog: Catalog) -> None:
    """Fill a new catalog with what no site is without. Ids follow a fresh Cloud site."""
    catalog.link_type("10000", "Blocks", "is blocked by", "blocks")
    catalog.link_type("10002", "Duplicate", "is duplicated by", "duplicates")
    catalog.link_type("10003", "Relates", "relates to", "relates to")
    on_screen = [f.id for f in catalog.fields.values() if f.id not in READ_ONLY]
    catalog.screens[DEFAULT_SCREEN] = Screen(
        DEFAULT_SCREEN, "Default Screen", [(10000, "Field Tab", on_screen)]
    )


def software_fields(catalog: Catalog) -> None:
    """The fields that Jira Software brings along."""
    catalog.custom(EPIC_LINK, "Epic Link", SOFTWARE + "gh-epic-link")
    catalog.custom(RANK, "Rank", SOFTWARE + "gh-lexo-rank")
    catalog.custom(SPRINT, "Sprint", SOFTWARE + "gh-sprint")
    flagged = catalog.custom(FLAGGED, "Flagged", PLATFORM + "multicheckboxes")
    flagged.options["10019"] = "Impediment"
    catalog.custom(STORY_POINTS, "Story Points", PLATFORM + "float")
    catalog.custom(START, "Start date", PLATFORM + "datepicker")
    if not catalog.cloud:
        catalog.custom(EPIC_NAME, "Epic Name", SOFTWARE + "gh-epic-label")
        catalog.custom(PARENT_LINK, "Parent Link", "com.atlassian.jpo:jpo-custom-field-parent")
    tab = catalog.screens[DEFAULT_SCREEN].tabs[0][2]
    tab += [f.id for f in catalog.fields.values() if f.custom and f.id not in tab]
