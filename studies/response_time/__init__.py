"""Who answers at night, and how much of "answer within five minutes" is true: docs/studies/response_time.md."""
