-- The data contract: what a hub's input views hold, as data.
--
-- create_hub() makes the input views from these rows, bind() checks a query
-- against them, check_hub() derives its tests from them and the reference
-- documentation is written from them.  Adding an entity is adding rows.
-- After release entities only gain columns.

CREATE TABLE contract_entity (
    entity      text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    subject     text NOT NULL
                CHECK (subject IN ('who and where', 'what is offered', 'what happened', 'plan and money')),
    key_columns text[] NOT NULL,
    one_of      text[] NOT NULL DEFAULT '{}',
    description text NOT NULL
);

COMMENT ON TABLE contract_entity IS
'The entities of the hub''s data contract: one input view of every hub each.';
COMMENT ON COLUMN contract_entity.entity IS 'Name of the input view.';
COMMENT ON COLUMN contract_entity.ordinal IS 'Place in the contract.';
COMMENT ON COLUMN contract_entity.subject IS 'Part of the contract.';
COMMENT ON COLUMN contract_entity.key_columns IS 'Columns that together are unique; check_hub() counts rows that repeat a key.';
COMMENT ON COLUMN contract_entity.one_of IS 'Groups of columns, names divided by |, of which a bound query must have at least one.';
COMMENT ON COLUMN contract_entity.description IS 'One row is one of these.';

CREATE TABLE contract_column (
    entity        text NOT NULL REFERENCES contract_entity,
    column_name   text NOT NULL,
    ordinal       integer GENERATED ALWAYS AS IDENTITY,
    type          text NOT NULL
                  CHECK (type IN ('record_id', 'text', 'nhs_number', 'date', 'timestamptz', 'boolean',
                                  'integer', 'numeric', 'double precision')),
    required      boolean NOT NULL,
    refers_to     text REFERENCES contract_entity,
    allowed       text[],
    unit          text,
    may_be_future boolean NOT NULL DEFAULT true,
    description   text NOT NULL,
    PRIMARY KEY (entity, column_name)
);

COMMENT ON TABLE contract_column IS
'The columns of every entity of the hub''s data contract.';
COMMENT ON COLUMN contract_column.entity IS 'Entity that has the column.';
COMMENT ON COLUMN contract_column.column_name IS 'Name of the column, by which a bound query''s columns are matched.';
COMMENT ON COLUMN contract_column.ordinal IS 'Place in the contract.';
COMMENT ON COLUMN contract_column.type IS 'Type in the input view; record_id is the one type of record ids that the hub was created with, nhs_number stands as text because bad numbers are reported and not refused.';
COMMENT ON COLUMN contract_column.required IS 'Whether a bound query must have the column.';
COMMENT ON COLUMN contract_column.refers_to IS 'Entity whose single key the value must be found in; check_hub() counts those that are not.';
COMMENT ON COLUMN contract_column.allowed IS 'The values that reports understand; check_hub() counts others as unmapped.';
COMMENT ON COLUMN contract_column.unit IS 'Unit of the figure.';
COMMENT ON COLUMN contract_column.may_be_future IS 'False where a date after the hub''s "as at" is a mistake.';
COMMENT ON COLUMN contract_column.description IS 'What the column means.';

CREATE TABLE contract_rule (
    entity      text NOT NULL REFERENCES contract_entity,
    rule        text NOT NULL,
    broken_when text NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (entity, rule)
);

COMMENT ON TABLE contract_rule IS
'Rules between the columns of one row of an entity, such as the order of dates; check_hub() counts the rows that break them.';
COMMENT ON COLUMN contract_rule.entity IS 'Entity that the rule is about.';
COMMENT ON COLUMN contract_rule.rule IS 'Name of the rule.';
COMMENT ON COLUMN contract_rule.broken_when IS 'SQL condition over the entity''s columns that is true for a row that breaks the rule.';
COMMENT ON COLUMN contract_rule.description IS 'The rule in words.';

CREATE TABLE contract_cast (
    type        text NOT NULL,
    source_type text NOT NULL,
    expression  text NOT NULL,
    breaks_index boolean NOT NULL DEFAULT false,
    PRIMARY KEY (type, source_type)
);

COMMENT ON TABLE contract_cast IS
'Which column types of a bound query serve a contract type, and how. Nothing is guessed: text never becomes a date.';
COMMENT ON COLUMN contract_cast.type IS 'Type in the contract; record ids stand as record_id:<type>.';
COMMENT ON COLUMN contract_cast.source_type IS 'Type of the query''s column, domains taken as their base type; enum stands for every enumeration.';
COMMENT ON COLUMN contract_cast.expression IS 'SQL of the conversion; $column is the column, $zone the hub''s time zone as a literal.';
COMMENT ON COLUMN contract_cast.breaks_index IS 'Whether an index on the source column no longer serves look-ups through the view.';

INSERT INTO contract_cast (type, source_type, expression, breaks_index) VALUES
    ('text', 'text', '$column COLLATE pg_catalog."default"', false),
    ('text', 'character varying', '$column::pg_catalog.text COLLATE pg_catalog."default"', false),
    ('text', 'character', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'name', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'smallint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'integer', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'bigint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'uuid', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'enum', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'text', '$column COLLATE pg_catalog."default"', false),
    ('record_id:text', 'character varying', '$column::pg_catalog.text COLLATE pg_catalog."default"', false),
    ('record_id:text', 'character', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'smallint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'integer', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'bigint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'uuid', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:bigint', 'smallint', '$column::bigint', true),
    ('record_id:bigint', 'integer', '$column::bigint', true),
    ('record_id:bigint', 'bigint', '$column', false),
    ('record_id:uuid', 'uuid', '$column', false),
    -- A number that came as an integer has lost the leading zeros of a CHI number;
    -- one that is too long stays so, and is reported.
    ('nhs_number', 'text', '$column COLLATE pg_catalog."default"', false),
    ('nhs_number', 'character varying', '$column::pg_catalog.text COLLATE pg_catalog."default"', false),
    ('nhs_number', 'character', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('nhs_number', 'bigint', 'pg_catalog.lpad($column::pg_catalog.text, greatest(10, pg_catalog.length($column::pg_catalog.text)), ''0'') COLLATE pg_catalog."default"', true),
    ('nhs_number', 'caregroup.nhs_number', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('date', 'date', '$column', false),
    ('timestamptz', 'timestamp with time zone', '$column::pg_catalog.timestamptz', false),
    ('timestamptz', 'timestamp without time zone', '($column AT TIME ZONE $zone)', true),
    ('timestamptz', 'date', '($column::pg_catalog.timestamp AT TIME ZONE $zone)', true),
    ('boolean', 'boolean', '$column', false),
    ('integer', 'smallint', '$column::integer', true),
    ('integer', 'integer', '$column', false),
    ('numeric', 'smallint', '$column::numeric', false),
    ('numeric', 'integer', '$column::numeric', false),
    ('numeric', 'bigint', '$column::numeric', false),
    ('numeric', 'numeric', '$column::numeric', false),
    ('numeric', 'real', '$column::numeric', false),
    ('numeric', 'double precision', '$column::numeric', false),
    ('double precision', 'smallint', '$column::double precision', false),
    ('double precision', 'integer', '$column::double precision', false),
    ('double precision', 'bigint', '$column::double precision', false),
    ('double precision', 'numeric', '$column::double precision', false),
    ('double precision', 'real', '$column::double precision', false),
    ('double precision', 'double precision', '$column', false);
