-- Contract, part four: plan and money.

INSERT INTO contract_entity (entity, subject, key_columns, one_of, description) VALUES
    ('contract', 'plan and money', '{contract_id}', '{}', 'A contract with a provider.'),
    ('spend', 'plan and money', '{spend_id}', '{}', 'Money spent in a month.'),
    ('price', 'plan and money', '{price_id}', '{code|service_id}', 'The price of a unit of a code or service.'),
    ('plan', 'plan and money', '{plan_id}', '{activity|cost}', 'Activity and cost planned for a month.'),
    ('indicator', 'plan and money', '{indicator_id}', '{}', 'An indicator that is reported.'),
    ('indicator_value', 'plan and money', '{indicator_id,organisation_id,service_id,period_start}', '{numerator|value}', 'An indicator''s value for an organisation in a period.'),
    ('change_log', 'plan and money', '{change_id}', '{}', 'A dated change of a service, drawn on charts.');

INSERT INTO contract_column (entity, column_name, type, required, refers_to, allowed, unit, may_be_future, description) VALUES
    ('contract', 'contract_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the contract.'),
    ('contract', 'lot', 'text', false, NULL, NULL, NULL, true, 'Lot in which it was bought.'),
    ('contract', 'provider_id', 'text', true, 'organisation', NULL, NULL, true, 'Provider.'),
    ('contract', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('contract', 'value', 'numeric', false, NULL, NULL, 'GBP/year', true, 'Value of a year.'),
    ('contract', 'starts_on', 'date', true, NULL, NULL, NULL, true, 'First day.'),
    ('contract', 'ends_on', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('spend', 'spend_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the row.'),
    ('spend', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('spend', 'month', 'date', true, NULL, NULL, NULL, true, 'First day of the month.'),
    ('spend', 'cost', 'numeric', true, NULL, NULL, 'GBP', true, 'Money spent.'),
    ('spend', 'contract_id', 'text', false, 'contract', NULL, NULL, true, 'Contract.'),
    ('spend', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('spend', 'kind', 'text', false, NULL, NULL, NULL, true, 'Kind of spend, such as elective.'),

    ('price', 'price_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the price.'),
    ('price', 'code', 'text', false, NULL, NULL, NULL, true, 'Code priced, such as a healthcare resource group.'),
    ('price', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service priced.'),
    ('price', 'unit', 'text', true, NULL, NULL, NULL, true, 'What one unit is.'),
    ('price', 'amount', 'numeric', true, NULL, NULL, 'GBP', true, 'Price of a unit.'),
    ('price', 'valid_from', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('price', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('plan', 'plan_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the row.'),
    ('plan', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('plan', 'month', 'date', true, NULL, NULL, NULL, true, 'First day of the month.'),
    ('plan', 'kind', 'text', true, NULL, NULL, NULL, true, 'Kind of activity or spend planned.'),
    ('plan', 'version', 'text', false, NULL, NULL, NULL, true, 'Version of the plan.'),
    ('plan', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('plan', 'activity', 'numeric', false, NULL, NULL, NULL, true, 'Activity planned.'),
    ('plan', 'cost', 'numeric', false, NULL, NULL, 'GBP', true, 'Cost planned.'),

    ('indicator', 'indicator_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the indicator.'),
    ('indicator', 'name', 'text', true, NULL, NULL, NULL, true, 'Name to print.'),
    ('indicator', 'numerator', 'text', true, NULL, NULL, NULL, true, 'What is counted, in words.'),
    ('indicator', 'denominator', 'text', false, NULL, NULL, NULL, true, 'Out of what, in words.'),
    ('indicator', 'direction', 'text', true, NULL, '{higher_better,lower_better,neutral}', NULL, true, 'Which way is better.'),
    ('indicator', 'target', 'numeric', false, NULL, NULL, NULL, true, 'Value to reach.'),
    ('indicator', 'chart', 'text', false, NULL, '{xmr,p,u,c,t,g,funnel_proportion,funnel_rate,funnel_ratio}', NULL, true, 'Chart that suits it.'),
    ('indicator', 'per', 'numeric', false, NULL, NULL, NULL, true, 'Multiplier of the rate, such as 1000.'),
    ('indicator', 'owner', 'text', false, NULL, NULL, NULL, true, 'Who answers for it.'),

    ('indicator_value', 'indicator_id', 'text', true, 'indicator', NULL, NULL, true, 'Indicator.'),
    ('indicator_value', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('indicator_value', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('indicator_value', 'period_start', 'date', true, NULL, NULL, NULL, false, 'First day of the period.'),
    ('indicator_value', 'numerator', 'numeric', false, NULL, NULL, NULL, true, 'What is counted.'),
    ('indicator_value', 'denominator', 'numeric', false, NULL, NULL, NULL, true, 'Out of what.'),
    ('indicator_value', 'value', 'numeric', false, NULL, NULL, NULL, true, 'Value, where it is not numerator over denominator.'),

    ('change_log', 'change_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the change.'),
    ('change_log', 'changed_on', 'date', true, NULL, NULL, NULL, true, 'Day of the change.'),
    ('change_log', 'organisation_id', 'text', false, 'organisation', NULL, NULL, true, 'Organisation changed.'),
    ('change_log', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service changed.'),
    ('change_log', 'text', 'text', true, NULL, NULL, NULL, true, 'What was changed.'),
    ('change_log', 'indicator_id', 'text', false, NULL, NULL, NULL, true, 'Indicator that the change is about; NULL for all.'),
    ('change_log', 'starts_phase', 'boolean', false, NULL, NULL, NULL, true, 'Whether charts start a new phase, with limits of its own, after the change.');

INSERT INTO contract_rule (entity, rule, broken_when, description) VALUES
    ('contract', 'ends_on before starts_on', 'ends_on < starts_on', 'The last day is not before the first.'),
    ('contract', 'negative value', 'value < 0', 'A contract is worth no less than nothing.'),
    ('spend', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('price', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('plan', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('indicator_value', 'denominator not above 0', 'denominator <= 0', 'A denominator is above 0.'),
    ('indicator_value', 'negative numerator', 'numerator < 0', 'A count is not negative.'),
    ('indicator_value', 'figure beyond all charts', 'abs(numerator) > 1e15 OR denominator > 1e15 OR abs(value) > 1e100', 'A figure is finite and not beyond 1e15 (a value 1e100).');
