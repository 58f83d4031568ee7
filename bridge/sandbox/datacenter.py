"""The Data Center face: REST v2, wiki text, offsets instead of tokens."""

from bridge.sandbox import fields, search, site
from bridge.sandbox.cloud import boards, comment_routes, field_routes, issue_routes
from bridge.sandbox.routes import Route, route

API = "/rest/api/2"


def routes() -> list[Route]:
    """What Data Center answers. There is no bulkfetch, no bulk changelog, no permissions check."""
    return [
        route(f"GET {API}/serverInfo", "getServerInfo", site.server_info),
        route(f"GET {API}/myself", "getCurrentUser", site.myself),
        route(f"GET {API}/mypermissions", "getMyPermissions", site.my_permissions),
        route(f"GET {API}/status", "getStatuses", site.table("statuses")),
        route(f"GET {API}/statuscategory", "getStatusCategories", site.categories),
        route(f"GET {API}/resolution", "getResolutions", site.table("resolutions")),
        route(f"GET {API}/priority", "getPriorities", site.table("priorities")),
        route(f"GET {API}/issuetype", "getIssueAllTypes", site.table("types")),
        route(f"GET {API}/issueLinkType", "getIssueLinkTypes", site.link_types),
        route(f"GET {API}/configuration", "getConfiguration", site.configuration),
        route(f"GET {API}/user/search", "findUsers", site.users),
        route(f"GET {API}/user/assignable/search", "findAssignableUsers", site.assignable),
        route(f"GET {API}/project", "getAllProjects", site.projects),
        route(f"GET {API}/project/{{project}}", "getProject", site.project),
        route(f"GET {API}/search", "searchForIssuesUsingJql", search.by_offset_get),
        route(f"POST {API}/search", "searchForIssuesUsingJql", search.by_offset_post),
        route(
            f"GET {API}/issue/createmeta/{{project}}/issuetypes",
            "getCreateIssueMetaIssueTypes",
            site.create_types,
        ),
        route(
            f"GET {API}/issue/createmeta/{{project}}/issuetypes/{{type}}",
            "getCreateIssueMetaIssueTypeId",
            site.create_fields,
        ),
        *issue_routes(API),
        *comment_routes(API),
        *field_routes(API),
        route(f"GET {API}/customFields", "getCustomFields", fields.custom_fields),
        *boards(),
    ]
