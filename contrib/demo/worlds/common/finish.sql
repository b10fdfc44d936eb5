-- Nothing of the generator stays behind but the warehouse itself.
DROP SCHEMA demo CASCADE;
RESET search_path;
RESET timezone;
RESET DateStyle;
RESET work_mem;
RESET maintenance_work_mem;
RESET jit;
RESET client_min_messages;
