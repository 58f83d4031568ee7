"""Every word that people read in trackers and reports, in their language, from one catalogue.

English is the message id; `bridge/locale` holds what it is called elsewhere. What people typed
(titles, names, reasons) is put in as data: never translated, never read as a template.

After a phrase was added or changed (the tests tell what is missing):

    pybabel extract -k text -k plural:1,2 --ignore-dirs "sandbox store" -o bridge/locale/okr-bridge.pot bridge
    pybabel update -N -D okr-bridge -i bridge/locale/okr-bridge.pot -d bridge/locale
    pybabel compile -D okr-bridge -d bridge/locale      (once what is empty is translated)
"""

from bridge.wording.phrases import Phrase, plural, text
from bridge.wording.words import LANGUAGES, Words

__all__ = ["LANGUAGES", "Phrase", "Words", "plural", "text"]
