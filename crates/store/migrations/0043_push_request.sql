-- Pushes that carriers are asked for outside the schedule, for a specific threat (R-ING-08), and the
-- messages that answered. Why it was asked, and what was said to it, is sealed: it may name a person.
-- Times are microseconds since 1970, UTC; the departure is local, as schedules have it.

CREATE TABLE push_request (
    id BLOB PRIMARY KEY,
    compartment TEXT NOT NULL,
    number TEXT NOT NULL,
    handle TEXT NOT NULL,
    carrier TEXT NOT NULL,
    flight TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    departs TEXT NOT NULL,
    threat TEXT NOT NULL,
    reason BLOB NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    answer BLOB NOT NULL,
    keep_until INTEGER NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX push_request_asked ON push_request (compartment, asked_at);
CREATE INDEX push_request_open ON push_request (ends_at) WHERE state = 'approved';

CREATE TABLE push_answer (
    request BLOB NOT NULL,
    message BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (request, message)
) WITHOUT ROWID;

-- What is handed over beside a notice: the request itself. Its notice has its identifier.
ALTER TABLE carrier_notice ADD COLUMN message TEXT NOT NULL DEFAULT '';

-- Requests and their decisions are told to the data-protection officer.
DROP INDEX audit_material;
CREATE INDEX audit_material ON audit (n) WHERE act IN ('account.put', 'account.reset',
    'account.roles', 'backup.restore', 'disclosure.approve', 'disclosure.ask', 'hold.end',
    'hold.lift', 'hold.place', 'hold.put', 'oversight.alert', 'oversight.answer',
    'profile.activate', 'profile.propose', 'profile.use', 'push.approve', 'push.ask',
    'selection.approve', 'selection.put', 'store.change', 'unmask.approve', 'unmask.ask',
    'unmask.end', 'unmask.urgent')
    OR recipient <> '' OR detail LIKE 'denied %' OR detail LIKE '% urgent%'
    OR detail LIKE '% emergency%' OR detail LIKE '% wrong-passphrase%';
