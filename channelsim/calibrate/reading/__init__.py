"""Files of a CRM to an Export: tables, columns, dates, numbers, stages, and what is odd in them."""
