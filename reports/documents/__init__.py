"""What a report says in words: the covering report, the page for printing, the message for Zalo."""
