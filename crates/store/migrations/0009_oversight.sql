-- What overseers need: what they wrote to an item, ways to read the log, and figures that outlast
-- the records they were counted from.

-- What the data-protection officer wrote to an item of the inbox. The item is an event of the log,
-- and that something was written is another; the text may name people, so it is sealed.
CREATE TABLE oversight_note (
    event INTEGER PRIMARY KEY,
    compartment TEXT NOT NULL,
    text BLOB NOT NULL
);

-- Events that may be items. Which of them are is the table of `oriel_policy::oversight`.
CREATE INDEX audit_material ON audit (n) WHERE act IN ('account.put', 'account.reset',
    'account.roles', 'backup.restore', 'disclosure.approve', 'disclosure.ask', 'hold.end',
    'hold.lift', 'hold.place', 'hold.put', 'oversight.alert', 'oversight.answer',
    'profile.activate', 'profile.propose', 'profile.use', 'selection.approve', 'selection.put',
    'store.change', 'unmask.approve', 'unmask.ask', 'unmask.end', 'unmask.urgent')
    OR recipient <> '' OR detail LIKE 'denied %' OR detail LIKE '% urgent%'
    OR detail LIKE '% emergency%' OR detail LIKE '% wrong-passphrase%';

-- Events of people and of the program's duties: all but the messages that came in.
CREATE INDEX audit_people ON audit (n) WHERE act NOT IN ('message.accept', 'message.refuse');

-- Counts by day, recipient, means of transport and part, such as a list. No person is in it, so it
-- stays when records are masked and erased (R-STA-01).
CREATE TABLE statistic (
    day INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    mode TEXT NOT NULL,
    measure TEXT NOT NULL,
    part TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, compartment, mode, measure, part)
);
