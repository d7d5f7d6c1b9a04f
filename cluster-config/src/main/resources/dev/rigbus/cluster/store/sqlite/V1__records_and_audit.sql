CREATE TABLE record (
    kind    TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    version INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    value   TEXT, -- null once deleted
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL,
    node    TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);

CREATE INDEX audit_time ON audit (time);

CREATE TRIGGER audit_stays_as_written BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is only ever appended to');
END;

-- Written to find out whether the disk takes anything again.
CREATE TABLE probe (written INTEGER NOT NULL);
INSERT INTO probe VALUES (0);
