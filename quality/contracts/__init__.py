"""Row contracts of the canonical extracts, as Pandera schemas over Polars frames."""
