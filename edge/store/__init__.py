"""One SQLite file: preferences, what was felt, played and corrected, and who may use the page.

One thread writes; readers open the file read-only. History is written in batches, so that an SD
card lives; preferences and corrections are on the disk before they are confirmed.
"""

from edge.store.reader import Reader
from edge.store.store import Store

__all__ = ["Reader", "Store"]
