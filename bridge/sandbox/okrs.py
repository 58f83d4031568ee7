"""The seeded company's objectives and key results, as the text of an okrs.toml over the seeded quarter."""

from string import Template

from bridge.sandbox import story
from bridge.sandbox.cycle import Cycle, cycle_of
from bridge.sandbox.jira import Jira

TEXT = Template("""\
# What the seeded company wants this quarter. Try things: change a link, run `okr-bridge plan`.

[cycle]
id = "$id"
start = $start
end = $end

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
owner = "growth@acme.example"
kind = "aspirational"
priority = 1

[[objectives.key_results]]
id = "O1-KR1"
title = "Guided onboarding live for everyone who signs up"
owner = "mara@acme.example"
weight = 2
due = $late
url = "https://okr.acme.example/O1-KR1"
kind = "work"
rollup = { method = "points" }
links = [{ connection = "$connection", keys = ["$onboarding"] }]

[[objectives.key_results]]
id = "O1-KR2"
title = "Median time to first order from 9 to 3 days"
owner = "ines@acme.example"
url = "https://okr.acme.example/O1-KR2"
kind = "metric"
metric = { baseline = 9, target = 3, unit = "days" }
anchors = [{ connection = "$connection", key = "$onboarding" }]

[[objectives.key_results]]
id = "O1-KR3"
title = "Anybody can sign up without talking to us"
owner = "tomas@acme.example"
url = "https://okr.acme.example/O1-KR3"
kind = "work"
links = [{ connection = "$connection", label = "signup" }]
anchors = [{ connection = "$connection", key = "$signup" }]

[[objectives]]
id = "O2"
title = "Checkout is fast and never in the way"
owner = "shop@acme.example"
kind = "committed"
priority = 2

[[objectives.key_results]]
id = "O2-KR1"
title = "One checkout, and only one"
owner = "jun@acme.example"
url = "https://okr.acme.example/O2-KR1"
kind = "work"
rollup = { method = "points", unestimated = "mean" }
links = [{ connection = "$connection", keys = ["$checkout", "$cart"] }]

[[objectives.key_results]]
id = "O2-KR2"
title = "Open payment bugs from 9 to 1"
owner = "lena@acme.example"
url = "https://okr.acme.example/O2-KR2"
kind = "metric"
metric = { baseline = 9, target = 1, unit = "bugs", source = { connection = "$connection", \
query = "labels = payments AND type = Bug AND statusCategory != Done", aggregate = "count" } }
anchors = [{ connection = "$connection", key = "$payments" }]

[[objectives.key_results]]
id = "O2-KR3"
title = "Payments go on when a provider is down"
owner = "lena@acme.example"
url = "https://okr.acme.example/O2-KR3"
kind = "milestone"
milestones = [
  { title = "Second provider under contract", weight = 1 },
  { title = "A tenth of payments through it", weight = 1 },
  { title = "Outage drill passed", weight = 2 },
]
anchors = [{ connection = "$connection", key = "$payments" }]

[[objectives]]
id = "O3"
title = "Small teams choose us"
owner = "growth@acme.example"
kind = "aspirational"
priority = 3

[[objectives.key_results]]
id = "O3-KR1"
title = "Plans for small teams on sale"
owner = "noor@acme.example"
url = "https://okr.acme.example/O3-KR1"
kind = "work"
rollup = { method = "points", mode = "story", partial = false }
links = [{ connection = "$connection", keys = ["$teams"] }]

[[objectives.key_results]]
id = "O3-KR2"
title = "A referral programme that pays for itself"
owner = "samir@acme.example"
url = "https://okr.acme.example/O3-KR2"
kind = "work"
rollup = { value = "status", status_weights = { todo = 0, in_progress = 0.5, done = 1 } }
links = [{ connection = "$connection", query = "labels = referral AND type != Epic" }]
anchors = [{ connection = "$connection", key = "$referrals" }]

[[objectives.key_results]]
id = "O3-KR3"
title = "首批一百家中国客户下单"
owner = "wei@acme.example"
url = "https://okr.acme.example/O3-KR3"
kind = "blend"
blend = { work = 0.5, metric = 0.5 }
metric = { baseline = 0, target = 100, unit = "customers" }
links = [{ connection = "$connection", keys = ["$china"] }]

[[objectives]]
id = "O4"
title = "Customers find the answer themselves"
owner = "help@acme.example"
kind = "committed"
priority = 4

[[objectives.key_results]]
id = "O4-KR1"
title = "Help centre answers the ten top questions"
owner = "ines@acme.example"
url = "https://okr.acme.example/O4-KR1"
kind = "work"
rollup = { mode = "leaf" }
links = [{ connection = "$connection", query = "project = SHOP AND labels = self-service" }]
anchors = [{ connection = "$connection", key = "$help" }]

[[objectives.key_results]]
id = "O4-KR2"
title = "No more than two open requests at any time"
owner = "ines@acme.example"
kind = "metric"
metric = { baseline = 8, target = 2, unit = "requests", source = { connection = "$connection", \
query = "project = HELP AND statusCategory != Done", aggregate = "count" } }

[[objectives]]
id = "O5"
title = "We know whether usage-based prices fit us"
owner = "finance@acme.example"
kind = "learning"
priority = 5

[[objectives.key_results]]
id = "O5-KR1"
title = "Ten customers have judged a usage-based invoice"
owner = "samir@acme.example"
url = "https://okr.acme.example/O5-KR1"
kind = "learning"
links = [{ connection = "$connection", keys = ["$pricing"] }]
""")
EPICS = {
    "onboarding": story.ONBOARDING,
    "signup": story.SIGNUP,
    "checkout": story.CHECKOUT,
    "payments": story.PAYMENTS,
    "cart": story.CART,
    "help": story.HELP_CENTRE,
    "teams": story.TEAMS,
    "referrals": story.REFERRALS,
    "china": story.CHINA,
    "pricing": story.PRICING,
}


def okrs_toml(jira: Jira, connection: str = "acme") -> str:
    """Five objectives with twelve key results of every kind, over the keys of this sandbox.

    Raises KeyError when the sandbox does not hold the seeded quarter.
    """
    by_title = {issue.fields["summary"]: issue.key for issue in jira.store.issues.values()}
    keys = {name: by_title[title] for name, title in EPICS.items()}
    cycle: Cycle = cycle_of(jira.clock.now().date())
    late = cycle.end.replace(day=15)
    dates = {"start": cycle.start.isoformat(), "end": cycle.end.isoformat(), "late": late.isoformat()}
    return TEXT.substitute(keys, id=cycle.id, connection=connection, **dates)
