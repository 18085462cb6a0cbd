-- What version 6 of the schema added: jobs are looked through from the newest on, those of a bureau or of an operator.

CREATE INDEX IF NOT EXISTS job_bureau ON job (bureau, number);
CREATE INDEX IF NOT EXISTS job_operator ON job (operator, number);

-- Likewise notifications, whether they are read or not.
CREATE INDEX IF NOT EXISTS notification_newest ON notification (operator, number);
