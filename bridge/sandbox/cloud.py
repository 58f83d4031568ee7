"""The Cloud face: REST v3, with the agile board calls beside it."""

from bridge.sandbox import comments, entities, fields, reads, search, site, writes
from bridge.sandbox.routes import Route, route

API = "/rest/api/3"


def routes() -> list[Route]:
    """What Cloud answers, by the vendor's operation names."""
    return [*_site(), *_search(), *_issues(), *_comments(), *_configuration(), *boards()]


def boards() -> list[Route]:
    """The same on both deployments."""
    return [
        route("GET /rest/agile/1.0/board", "getAllBoards", site.boards),
        route(
            "GET /rest/agile/1.0/board/{board:int}/configuration",
            "getBoardConfiguration",
            site.board_configuration,
        ),
    ]


def _site() -> list[Route]:
    return [
        route("GET /rest/api/2/serverInfo", "getServerInfo", site.server_info),
        route(f"GET {API}/serverInfo", "getServerInfo", site.server_info),
        route(f"GET {API}/myself", "getCurrentUser", site.myself),
        route(f"GET {API}/mypermissions", "getMyPermissions", site.my_permissions),
        route(f"POST {API}/permissions/check", "getBulkPermissions", site.check_permissions),
        route(f"GET {API}/status", "getStatuses", site.table("statuses")),
        route(f"GET {API}/statuscategory", "getStatusCategories", site.categories),
        route(f"GET {API}/resolution", "getResolutions", site.table("resolutions")),
        route(f"GET {API}/resolution/search", "searchResolutions", site.table("resolutions", paged=True)),
        route(f"GET {API}/priority", "getPriorities", site.table("priorities")),
        route(f"GET {API}/priority/search", "searchPriorities", site.table("priorities", paged=True)),
        route(f"GET {API}/issuetype", "getIssueAllTypes", site.table("types")),
        route(f"GET {API}/issueLinkType", "getIssueLinkTypes", site.link_types),
        route(f"GET {API}/configuration", "getConfiguration", site.configuration),
        route(f"GET {API}/user/search", "findUsers", site.users),
        route(f"GET {API}/user/assignable/search", "findAssignableUsers", site.assignable),
        route(f"GET {API}/project", "getAllProjects", site.projects),
        route(f"GET {API}/project/search", "searchProjects", site.project_search),
        route(f"GET {API}/project/{{project}}", "getProject", site.project),
    ]


def _search() -> list[Route]:
    get, post = search.by_token(search.Cursors())
    old = [
        route(f"{method} /rest/api/{version}/search", "searchForIssuesUsingJql", search.gone)
        for method in ("GET", "POST")
        for version in (2, 3)
    ]
    return [
        *old,
        route(f"GET {API}/search/jql", "searchAndReconsileIssuesUsingJql", get),
        route(f"POST {API}/search/jql", "searchAndReconsileIssuesUsingJqlPost", post),
        route(f"POST {API}/search/approximate-count", "countIssues", search.count),
        route(f"POST {API}/jql/parse", "parseJqlQueries", search.check),
        route(f"POST {API}/jql/match", "matchIssues", search.match),
        route(f"POST {API}/issue/bulkfetch", "bulkFetchIssues", reads.bulkfetch),
        route(f"POST {API}/changelog/bulkfetch", "getBulkChangelogs", reads.changelog_bulk),
    ]


def _issues() -> list[Route]:
    return [
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
        route(f"GET {API}/issue/{{issue}}/changelog", "getChangeLogs", reads.changelog_page),
    ]


def issue_routes(api: str) -> list[Route]:
    """Reading and changing one issue: the same paths on both deployments."""
    one = f"{api}/issue/{{issue}}"
    prop = f"{one}/properties"
    return [
        route(f"POST {api}/issue", "createIssue", writes.create),
        route(f"GET {one}", "getIssue", reads.one),
        route(f"PUT {one}", "editIssue", writes.edit),
        route(f"DELETE {one}", "deleteIssue", writes.delete),
        route(f"GET {one}/editmeta", "getEditIssueMeta", site.edit_meta),
        route(f"GET {one}/transitions", "getTransitions", writes.transitions),
        route(f"POST {one}/transitions", "doTransition", writes.transition),
        route(f"POST {api}/issueLink", "linkIssues", writes.link),
        route(f"GET {prop}", "getIssuePropertyKeys", entities.property_keys),
        route(f"GET {prop}/{{property}}", "getIssueProperty", entities.property_get),
        route(f"PUT {prop}/{{property}}", "setIssueProperty", entities.property_set),
        route(f"DELETE {prop}/{{property}}", "deleteIssueProperty", entities.property_delete),
        route(f"GET {one}/remotelink", "getRemoteIssueLinks", entities.links),
        route(f"POST {one}/remotelink", "createOrUpdateRemoteIssueLink", entities.link_set),
        route(f"DELETE {one}/remotelink", "deleteRemoteIssueLinkByGlobalId", entities.link_delete),
    ]


def _comments() -> list[Route]:
    return [route(f"POST {API}/comment/list", "getCommentsByIds", comments.by_ids), *comment_routes(API)]


def comment_routes(api: str) -> list[Route]:
    """Comments of an issue and their properties: the same paths on both deployments."""
    many = f"{api}/issue/{{issue}}/comment"
    prop = f"{api}/comment/{{comment}}/properties"
    return [
        route(f"GET {many}", "getComments", comments.listed),
        route(f"POST {many}", "addComment", comments.add),
        route(f"GET {many}/{{comment}}", "getComment", comments.one),
        route(f"PUT {many}/{{comment}}", "updateComment", comments.edit),
        route(f"DELETE {many}/{{comment}}", "deleteComment", comments.delete),
        route(f"GET {prop}", "getCommentPropertyKeys", comments.property_keys),
        route(f"GET {prop}/{{property}}", "getCommentProperty", comments.property_get),
        route(f"PUT {prop}/{{property}}", "setCommentProperty", comments.property_set),
        route(f"DELETE {prop}/{{property}}", "deleteCommentProperty", comments.property_delete),
    ]


def _configuration() -> list[Route]:
    return [
        *field_routes(API),
        route(f"GET {API}/field/search", "getFieldsPaginated", fields.searched),
        route(f"GET {API}/field/{{field}}/context", "getContextsForField", fields.contexts),
        route(
            f"GET {API}/field/{{field}}/context/projectmapping",
            "getProjectContextMapping",
            fields.context_projects,
        ),
        route(
            f"GET {API}/field/{{field}}/association/project", "getFieldProjectAssociations", fields.associated
        ),
        route(f"PUT {API}/field/association", "createAssociations", fields.associate),
        route(f"GET {API}/field/{{field}}/screens", "getScreensForField", fields.screens_of_field),
        route(
            f"GET {API}/issuetypescreenscheme/project",
            "getIssueTypeScreenSchemeProjectAssociations",
            fields.screen_schemes_of_projects,
        ),
        route(
            f"GET {API}/issuetypescreenscheme/mapping",
            "getIssueTypeScreenSchemeMappings",
            fields.screen_scheme_mapping,
        ),
        route(f"GET {API}/screenscheme", "getScreenSchemes", fields.screen_schemes),
    ]


def field_routes(api: str) -> list[Route]:
    """Fields and screens: the same paths on both deployments."""
    tab = f"{api}/screens/{{screen:int}}/tabs/{{tab:int}}/fields"
    return [
        route(f"GET {api}/field", "getFields", fields.listed),
        route(f"POST {api}/field", "createCustomField", fields.create),
        route(f"GET {api}/screens", "getScreens", fields.screens),
        route(f"GET {api}/screens/{{screen:int}}/tabs", "getAllScreenTabs", fields.tabs),
        route(f"GET {tab}", "getAllScreenTabFields", fields.tab_fields),
        route(f"POST {tab}", "addScreenTabField", fields.add_to_tab),
        route(
            f"GET {api}/screens/{{screen:int}}/availableFields", "getAvailableScreenFields", fields.available
        ),
        route(f"POST {api}/screens/addToDefault/{{field}}", "addFieldToDefaultScreen", fields.add_to_default),
    ]
