"""Notes, a small company's board, as a tool of okr-bridge: it reads, and writes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import bridge.plugin as okr

STATES = {"open": okr.Category.TODO, "doing": okr.Category.IN_PROGRESS, "done": okr.Category.DONE}
TIERS = {"goal": okr.Tier.GROUP, "note": okr.Tier.UNIT, "step": okr.Tier.PART}


class NotesConnection(okr.ConnectionSection):
    tool: Literal["notes"] = okr.Field(description="The kind of system.")
    url: okr.Address = okr.Field(description="The board's address.")
    token: okr.SecretReference = okr.Field(description="Where the token is.")


class Notes(okr.OverHttp):
    """Talks: asks for records as they are, whole or not at all."""

    def login(self):
        answer = self.http.call("GET", "me", repeatable=True)
        return okr.Account(answer.data["name"], answer.data["name"], "", answer.date)

    def resolve(self, keys):
        found = self.http.parallel(lambda key: (key, self._one(key)), keys)
        return {key: raw.id for key, raw in found if raw}

    def identities(self, selector):
        match selector:
            case okr.Label(name) | okr.Query(name):
                return frozenset(raw.id for raw in self._all() if name in raw.data["tags"])
            case okr.Project(key):
                return frozenset(raw.id for raw in self._all() if raw.data["board"] == key)
            case _:
                raise okr.Rejected(self.name, "notes have no such fields", "link by key, label or project")

    def children(self, parents):
        return frozenset(raw.id for raw in self._all() if raw.data["parent"] in parents)

    def fetch(self, ids):
        return (raw for raw in self.http.parallel(self._one, ids) if raw)

    def changed(self, since):
        until, early = self.login().now, (since - timedelta(minutes=2)).timestamp()
        return okr.Changed((raw for raw in self._all() if raw.data["changed"] >= early), until)

    def _one(self, name):
        try:
            return self._raw(self.http.call("GET", f"notes/{name}", repeatable=True).data)
        except okr.NotFound:
            return None

    def _all(self):
        after, more = "", True
        while more:
            page = self.http.call("GET", "notes", params={"after": after}, repeatable=True).data
            yield from map(self._raw, page["notes"])
            more, before = page["more"], after
            after = page["notes"][-1]["id"] if page["notes"] else after
            if more and after == before:
                raise okr.UnexpectedAnswer(self.name, "GET notes: the same page again", "tell its makers")

    def _raw(self, note):
        return okr.Raw(note["id"], f"{note['changed']} {note['title']}", note)


class NotesMapping:
    """Translates: pure, and a record that it cannot tell is a MappingError."""

    cancelled, scheme = (), "notes-1"

    def __init__(self, connection):
        self.connection = connection

    def item(self, raw):
        note = raw.data
        try:
            return okr.WorkItem(connection=self.connection, id=raw.id, key=note["key"], title=note["title"],
                tier=TIERS[note["kind"]], status=note["state"], project=note["board"], parent=note["parent"],
                category=STATES.get(note["state"], okr.Category.UNDEFINED), labels=tuple(note["tags"]),
                updated=datetime.fromtimestamp(note["changed"], UTC))  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise okr.MappingError(raw.id, str(error), "missing or of another kind") from None

    def panel(self, _raw):
        return {}


def start(name, section, kit):
    session = okr.plain_session(name, section.url)
    okr.log_in(session, "bearer", section.token.reveal())
    return Notes(okr.Http(name, section.url, session, kit.options(), kit.clock)), NotesMapping(name)


CAN = {okr.Capability.CONTAINER, okr.Capability.LABEL, okr.Capability.HIERARCHY}
TOOL = okr.Tool(name="notes", title="Notes", settings=NotesConnection, open=start, can=frozenset(CAN))
