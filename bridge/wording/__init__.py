"""Every word that people read in trackers and reports, in their language, from one catalogue.

English is the message id; `bridge/locale` holds what it is called elsewhere. What people typed
(titles, names, reasons) is put in as data: never translated, never read as a template.
"""

from bridge.wording.phrases import Phrase, plural, text
from bridge.wording.words import LANGUAGES, Words

__all__ = ["LANGUAGES", "Phrase", "Words", "plural", "text"]
