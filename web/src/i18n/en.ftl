### Words of the workbench, English.
### One family a section; codes of the API become ids by `family-code`.

## Frame
brand = Oriel, to the first page
training = Training
nav = Main
skip = To the content
title-sign-in = Sign in
title-proved = You have proved who you are
title-queue = Queue
title-review = Case
title-flights = Flights
title-manifest = Manifest
title-traveller = Traveller
title-message = Message
title-lists = Lists
title-selections = Selections
title-expected = Expected
title-carriers = Carriers
title-account = My account
title-accounts = Accounts
title-oversight = Oversight
title-figures = Figures
title-unmask = Unmasking
title-holds = Holds
title-links = Links
title-profiles = Legal profile
title-rights = Rights
title-nowhere = No such page
nowhere = This address names no page of the workbench.
nowhere-way = To the queue
clock-title = UTC, by the server's clock
live-live = Live
live-polling = Every 10 s
last-event = last news { $at }
account = Account of { $name }
profile = Legal profile { $id }, version { $version }
sign-out = Sign out
close = Close
back = Back
or = or
none = none
try-again = Try again
loading = Waiting for: { $what }
number = { NUMBER($n) }
theme-system = Colours: as the system
theme-light = Colours: light
theme-dark = Colours: dark

## Signing in
sign-in-sub = Passenger data single window
sign-in = Sign in
signing-in = Signing in…
user = Account
password = Password
sign-in-note = What you read here is logged with its purpose. A one-time link signs in by itself and works once.

with-passkey = Sign in with a passkey
with-provider = Sign in with { $name }
provider-refused = The provider did not sign you in here. Your account there may not be connected: sign in another way and connect it under My account.
code = Code of your generator, or a recovery code
code-if = Code of your generator, if you have one
first-title = First administrator
first-why = Nobody administers this system yet. The account you make here can invite others; it sees no passenger data.
first-do = Make the account
proof-title = Prove again who you are
proof-why = What you are about to do needs a sign-in within the last minutes.
proof-give = Go on
proof-passkey = Use a passkey
proof-provider = Sign in again with { $name }
proof-neither = Your account has no passkey and no password, and is connected to no provider. Sign out and in again the way you came, and add one under My account right after.
provider-not-proved = The provider did not say that it is you
proved-close = You may close this window.
cancel = Cancel

## Accounts
sessions = Sessions
device = Browser
device-unknown = unknown
how = Signed in by
how-password = password
how-password-code = password and code
how-password-recovery = password and recovery code
how-passkey = passkey
how-provider = provider
how-link = one-time link
how-first = first link
began = Since
seen = Last used
this-one = this one
end = End
end-session = End the session in { $device }
session-ended = Sessions ended
no-roles = no roles yet
password-there = There is a password.
password-none = There is no password: you can sign in by one-time link only.
password-new = New password, 12 characters or more
password-do = Set the password
password-set = Password set; your other sessions have ended
passkeys = Passkeys
passkeys-none = A passkey signs you in without a password, and cannot be phished.
passkey-name = Name, such as the device
passkey-do = Add a passkey
passkey-added = Passkey added
added = added
remove = Remove
remove-what = Remove { $what }
removed = Removed
connect = Connect
disconnect = Disconnect
going = On the way to the provider
totp = Code generator
totp-none = A second factor for your password: an app that shows a new code every half minute.
totp-there = In use. Recovery codes left: { NUMBER($n) }.
totp-do = Set up a code generator
totp-how = Type this secret into the generator, or open the address on the device that has it. It is shown this once.
totp-first = First code
totp-confirm = Take it into use
totp-offered = Secret shown
totp-added = Code generator in use; your other sessions have ended
totp-remove = Remove the code generator
recovery-do = New recovery codes
recovery-renewed = New recovery codes shown; the old ones work no more
recovery-keep = Keep these codes where the generator is not. Each works once, in place of a code.
name = Name
roles = Roles
waits = Waits for approval
account-kind = Kind
account-recipient = Works for
kind-person = person
kind-service = machine of a carrier
ended = ended
you = you
approve = Approve
approve-whom = Approve the roles of { $login }
refuse = Refuse
refuse-whom = Refuse the roles of { $login }
roles-ask = Ask for these roles
roles-asked = Asked; roles added wait for another administrator
roles-given = Roles given
roles-refused = Roles refused
reset = New sign-in link
reset-done = The link is shown once
reset-note = A new link forgets password, generator and passkeys, and the roles wait for another administrator again.
end-sessions = End all sessions
end-account = End the account
account-ended = Account ended
not-own = Nobody changes their own account here: another administrator does.
invite = New account
invite-do = Make the account
invited = Account made
second-note = Roles wait until another administrator approves them. A link works once, for 30 minutes; hand it to the person yourself.
link-once = Sign-in link, shown this once:
key-once = Key, shown this once:
key-name = Name of the key
key-do = Make a key, or bind the certificate
key-made = Key made
machine-key = key
machine-certificate = certificate
days = Days
fingerprint = SHA-256 of a client certificate, instead of a key
account-expires = Counts until
counts-not = no more
used = Last used
revoke = Take back

## Purposes
purpose = Purpose
purpose-queue = assessment before travel, queue
purpose-assessment = assessment before travel
purpose-case = review of a case
purpose-request = answer to a request
purpose-oversight = oversight
purpose-rights = rights of the person
purpose- = none given
purpose-logged = Each reading is logged with the purpose { $purpose }

## Roles
duty-analyst = analyst
duty-second-reviewer = second reviewer
duty-supervisor = supervisor
duty-disseminator = disseminator
duty-list-officer = list officer
duty-list-approver = list approver
duty-dpo = data-protection officer
duty-inspector = inspector
duty-carrier-liaison = carrier liaison
duty-carrier = carrier
duty-system-administrator = system administrator
duty-request-officer = request officer
duty-rule-author = rule author
duty-rule-approver = rule approver
duty-legal-officer = legal officer
duty-unmask-authority = unmask authority
duty-head-of-authority = head of the authority
duty-security-administrator = security administrator
duty-trainer = trainer
role-passenger = passenger
role-crew = crew
role-transit-passenger = transit
role-transit-crew = transit crew

## Queue
lanes = Lanes
lane-all = All
lane-departing = Departing
lane-arriving = Arriving
lane-transit = Transit
lane-mine = Mine
lane-others = Others
lane-unclaimed = Unclaimed
lane-second = Second check
lane-missed = Missed
chosen = Chosen
act-by = Act by
act-by-unknown = The flight's time or its place's zone is not known; the case is ordered by age.
severity = Severity
severity-any = any
severity-critical = Critical
severity-high = High
severity-medium = Medium
severity-low = Low
at-least = { $severity } or above
traveller = Traveller
flight = Flight
schedule = Schedule
why = Why
state = State
owner = Owner
filter-hint = ZQ417 or NBO
order-fixed = Order: act-by, fixed
order-held = The order is held while you work.
take-next = Take next
preview = Preview
show-held = Show them
arrived =
    { $count ->
        [one] One new case has arrived.
       *[other] { $count } new cases have arrived.
    }
gone =
    { $count ->
        [one] One case has left the queue.
       *[other] { $count } cases have left the queue.
    }
left = left
hits =
    { $count ->
        [one] 1 hit
       *[other] { $count } hits
    }
of-facts = { $agreeing } of { $compared }
feeds = Feeds
feeds-ok = { $count } as expected
feed-late-min = nothing for { $n } min
feed-late-h = nothing for { $n } h
feed-late-d = nothing for { $n } d
feed-never = nothing yet
stream-lost = Live news stopped at { $at }. The queue is asked every 10 s; your acts are checked against the newest version.
empty-queue-title = Nothing waits for a decision
empty-queue = Every feed is as expected. New cases appear here by themselves.
empty-feeds-title = The queue is empty, but not every feed is alive
empty-feeds = No news as expected from { $carriers }. An empty queue does not mean that nobody travels.
empty-filter-title = Nothing fits this filter
empty-filter = Show everything
effect-none = Nothing was changed.
effect-queue-old = The rows below are as they were before.
time-unknown = time unknown
zone-unknown = zone unknown
case-new = new
case-claimed = claimed
case-second-wanted = second check
case-disagreed = two verdicts
case-closed = decided
case-withdrawn = withdrawn
basis-S = Scheduled
basis-STD = Scheduled departure: UTC, then local time at the airport
basis-STA = Scheduled arrival: UTC, then local time at the airport

## Review
place = { $n } of { $of }
traveller-page = Traveller page
claimed-me = by you
claimed-by = by { $who }
hits-of = Hits
hit-open = open
hit-decided = decided
hit-second-wanted = second check
hit-disagreed = two verdicts
hit-withdrawn = withdrawn
band = Hit { $n }: { $band }
band-below = below the line
band-document = listed document
band-selector = listed contact or payment
band-name-only = name only
band-possible = possible same person
band-likely = likely same person
band-certain = strong match
strength = Strength
line-at = line at { $line }
facts = Facts side by side
fact = Fact
ours = Traveller
relation = Relation
theirs = List entry { $reference } (version { $version })
adds = Adds
changed = changed
has-source = The line as sent is shown beside
list-has-none = none on the list
relation-agrees = agrees
relation-close = close
relation-differs = differs
relation-missing-ours = not sent
relation-missing-theirs = not on list
relation-not-compared = not compared
fact-name = Name
fact-surname = Surname
fact-given-names = Given names
fact-birth-date = Birth date
fact-birth = Birth date
fact-sex = Sex
fact-gender = Sex
fact-nationality = Nationality
fact-document = Document
fact-phone = Phone
fact-email = E-mail
fact-payment = Payment
fact-address = Postal address
fact-seat = Seat
fact-locator = Locator
fact-residence = Residence
fact-birth-place = Place of birth
fact-status = Status
fact-destination = Address of stay
would-decide = Would decide it:
decisive-document = a document number on both sides
decisive-birth-date = a full birth date on both sides
decisive-birth = a full birth date on both sides
decisive-name = a full name
decisive-sex = sex on both sides
decisive-nationality = nationality on both sides
masked = masked
masked-because = Masked: { $why }, clause { $clause }
mask-retention = the time for open reading has passed
mask-role = your leave does not reach it
mask-law = the profile lets nobody keep it
erased = erased
erased-because = Erased: its time has ended, clause { $clause }
message-hidden = The lines of this message are not shown.
missing = not sent
evidence = Evidence
tab-line = Line as sent
tab-entry = Entry
tab-itinerary = Itinerary
tab-timeline = Timeline
no-source = No line to show: this value was not sent, or may not be seen.
whole-message = Whole message
bytes-of = Bytes { NUMBER($from) } to { NUMBER($to) } of { NUMBER($size) }
list = List
list-owner = Answers for it
reference = Reference
names = Names
aliases = Also known as
births = Birth dates
nationalities = Nationalities
documents = Documents
sought-by = Also sought by
listed-on = Listed on
remarks = Remarks
versions = Versions
version = version { $version }
weights = weights { $version }
profile-version = profile { $version }
message-versions = Message versions
ledger-received = message received
ledger-hit = hit found
ledger-claimed = claimed
ledger-released = released
ledger-decided = decided
ledger-second = second check
ledger-withdrawn = withdrawn
ledger-closed = closed
question = Is it the same person?
verdict-same = Same
verdict-not-same = Not the same
verdict-cannot-tell = Cannot tell
because = Because
because-later = Choose a verdict first; its reasons appear here. At least one is needed.
follows-same = A second person checks it. Nothing leaves this unit before.
follows-not-same = The hit is closed. Signing waits 5 s.
follows-cannot-tell = The hit is closed as not decided.
note = Note
sign = Sign decision
sign-second = Sign second check
lack-verdict = Choose a verdict.
lack-reason = Tick at least one reason.
lack-note = This reason needs a note.
note-long = The note is longer than 200 characters.
first-decision = First decision
earlier-decision = Before it changed
decision = Decision
second-check = Second check
second-waits = Waits for a second person.
second-blind = second check, first verdict hidden
clause = Clause { $clause }
hold =
    { $seconds ->
        [one] will be signed in one second
       *[other] will be signed in { $seconds } seconds
    }
undo = Take back
signing = Signing…
signed = Decision signed.
all-decided = Every hit of this case is decided.
next-case = Next case
changed-while = This case changed while you were reading. What you typed is kept.
show-change = Show the change
effect-unsigned = The decision was not signed. What you typed is kept.
back-to-queue = Back to the queue

## Flights
from-day = From
to-day = to
today = Today
date-hint = yyyy-mm-dd
mode-air = by air
mode-sea = by sea
mode-rail = by rail
mode-road = by road
direction = Direction
direction-any = any
direction-out = departing
direction-in = arriving
direction-transit = transit
direction-unknown = unknown
shown-of = { $shown } of { $total }
route = Route
departs = Departs
arrives = Arrives
received = Received
travellers = Travellers
cases-open = Open cases
findings = Findings
kind-api = API
kind-pnr = PNR
kind-close = Close-out
received-api =
    { $count ->
        [0] No passenger list yet
        [one] One passenger list
       *[other] { $count } passenger lists
    }
received-pnr =
    { $count ->
        [0] No booking push yet
        [one] One booking push
       *[other] { $count } booking pushes
    }
received-close =
    { $count ->
        [0] No close-out yet
        [one] One close-out
       *[other] { $count } close-outs
    }
flight-expected = expected
flight-open = open
flight-closed = closed
flight-cancelled = cancelled
flight-departed = departed
flight-arrived = arrived
finding-info = Note
finding-warning = Warning
finding-error = Error
finding-refused = Refused
part-waits = part missing
part-late = part late
parts-missing =
    { $count ->
        [one] Part { $parts } of a { $what } has not come.
       *[other] Parts { $parts } of a { $what } have not come.
    }
parts-no-end = The last part of a { $what } has not come.
parts-wait = A part is missing; it may come until { $at }.
parts-late = A part is missing and late since { $at }: ask the carrier for it.
empty-flights-title = No flight in this period
empty-flights = Flights appear with their first message. Widen the dates to see others.

## Manifest
views = Views
show-all = Everybody
show-hits = With hits
show-api = API only
show-pnr = PNR only
show-crew = Crew
messages = Messages
find-here = Find here
find-hint = name, seat, document
seat = Seat
sex = Sex
birth = Birth date
nationality = Nationality
document = Document
locator = Locator
role = Role
status = Status
sources = Sources
infant = infant
case = Case
presence-listed = listed
presence-boarded = on board
presence-not-boarded = not on board
presence-cancelled = cancelled
infant-short = INF
empty-manifest-title = Nobody is listed
empty-manifest = Messages about this flight came, but none of them lists a person.

## Traveller
identity = Identity, source by source
field = Field
source-api = Passenger list (API)
source-pnr = Booking (PNR)
earlier = earlier
line-of = Line as sent, message of { $sent }
to-line = Line as sent
kind = Kind
number-of = Number
issuer = Issuer
expires = Expires
document-P = passport
document-I = identity card
document-V = visa
document-A = permit
document-C = permit
no-documents = No document was sent.
no-hits = No hit.
no-bookings = No booking was sent.
bookings = Bookings
booked = booked { $when }
co-travellers = Others in the booking:
companions =
    { $count ->
        [one] with one other
       *[other] with { $count } others
    }
contact-phone = Phone
contact-email = E-mail
contact-address = Address
contact-other = Contact
payment = Payment
agency = Agency

## Message
message = Message
sender = Sender
recipient = Recipient
sent-at = Sent
received-at = Received
size = Size
charset = Character set
separators = Separators
blank = blank
marked = Marked
bytes-range = bytes { NUMBER($from) } to { NUMBER($to) }
bytes-segments = { NUMBER($bytes) } bytes, { NUMBER($segments) } segments
findings-count =
    { $count ->
        [0] Findings
        [one] One finding
       *[other] { $count } findings
    }
segment-n = segment { $n }
no-findings = Nothing odd about this message.
no-messages = No message.
filler = Taken out before storing: the profile does not allow it
filler-note = Crossed-out bytes were overwritten before anything was stored: the legal profile does not allow keeping them.
function-passenger-list = passenger list
function-passenger-change = changed passengers
function-passenger-cancel = passengers cancelled
function-party-reduction = party reduced
function-crew-list = crew list
function-flight-close = flight closed
function-flight-close-on-board = closed, on board
function-flight-close-not-on-board = closed, not on board
function-flight-cancel = flight cancelled
function-flight-change = flight changed
function-master-crew-list = master crew list
function-gate-pass = gate pass
function-full-push = full push
function-update-push = update push

## Lists
version-word = Version
in-force-since = In force since
entries = Entries
rejects = Unreadable rows
legal-basis = Legal basis
empty-lists-title = No list is in force
empty-lists = Nobody is compared with anything until a list is imported.
list-fetched = Last brought in
list-stale = too old
list-not-in-force = not in force
list-in-force = in force
list-imported = Brought in
list-changes = Changes
list-counts = { $added } new, { $changed } changed, { $removed } gone
list-versions = Versions of { $list }
list-activate = Put in force
list-activate-which = Put version { $version } in force
list-activated = In force
list-back = Go back to the version before
list-back-which = { $list }: go back to the version before
list-rolled-back = The version before is in force again
list-may-shrink = The list may lose more than a fifth of its entries
list-propose = Propose a version
list-proposed = Proposed; another person puts it in force
list-id = Short name: small letters, digits, hyphens
list-kind = What it is for
list-kind-terrorism = terrorism
list-kind-serious_crime = serious crime
list-kind-documents = documents
list-kind-entry_ban = entry ban
list-kind-customs = customs
list-file = File
list-holds = What it lists
list-of-persons = Persons, or what is sought
list-of-documents = Lost and stolen documents (CSV)
list-mapping = Which column is which field (TOML), for CSV and workbooks
list-check = Look at it
list-checked =
    { $rows ->
        [one] One row was read
       *[other] { $rows } rows were read
    }
list-note = Looking changes nothing. A file of more than 128 MB comes in at the console, as do workbooks of more than 96 MB.
list-rows = { $rows } rows: { $rejected } left out, { $others } about no person, { $joined } joined to others
list-added = { $n } new
list-changed = { $n } changed
list-removed = { $n } gone
list-row = Row
list-column = Column
list-reason = Why
list-row-lost = row left out
list-value-lost = value left out
offences = Offences

## Oversight
inbox = Inbox
inbox-waits = { $open } wait, { $overdue } of them overdue
inbox-state = State
inbox-due = Answer by
inbox-new = new
inbox-seen = seen
inbox-referred = with the authority
inbox-closed = closed
inbox-note = Note (may name people; it is sealed and never in the log)
overdue = overdue
empty-inbox-title = Nothing has come
empty-inbox = No unmasking, no transfer to a third state, no sign of misuse: that is as it should be.
answered = The answer is in the log
answer-seen = Seen
answer-noted = Note
answer-referred = To the authority
answer-closed = Close
prove = Prove
proof-of-event = Proof that the event is in the log
event = Event
when = When (UTC)
who = Who
act = Act
on-what = On what
to-whom = To whom
outcome = Outcome
what-happened = What happened
log = Audit log
log-chain = Whether the log holds
log-holds = The log holds from event { $first } to { $last }; signed up to { $signed }.
log-checking = The log is being checked: { $checked } of { $events } events.
log-checkpoint = Signed checkpoint over { $size } events: keep it elsewhere
log-again = Check again
log-broken = The audit log does not hold: event { $event } is the first that is not what was written
log-broken-do = Somebody changed the database, or it is damaged. Keep the newest checkpoint and an export, tell the supervisory authority, and put a backup beside it before anything else is done.
log-unread = The log cannot be read or written. While that is so, nobody reads passenger data either.
log-note = Searched by identifiers. Each search is in the log itself.
log-show = Show
log-out = Take out
log-older = Older than event { $before }
register = Register
register-all = Everything
register-access = Access
register-disclosure = Disclosure
register-erasure = Erasure
sweeps = Masked and erased
empty-sweeps = Nothing has been due yet.
step = Step
profile-word = Profile

## Figures
year = Year
not-shown = –
figures-small = A dash is a count of persons below { $least }, or one that would tell such a count ({ $profile }: { $clause }).
figures-open = Only { $months } months of this year are over. What is told of it must not be published yet.
figures-from = Counted from:

## Problems the server could not put into words
problem-unreachable = The server does not answer
problem-unreachable-detail = Nothing was changed. The network or the server is down; what you typed is kept on this page.
problem-window-blocked = The browser did not open a window
problem-window-blocked-detail = Nothing was changed. Allow windows for this site and try again, or prove it another way.
problem-provider-refused = The provider did not say that it is you
problem-provider-refused-detail = Nothing was changed. Try again with the account that is connected here, or prove it another way.
problem-http = The server answered with status { $status }
problem-workbench = The workbench met something it does not understand
problem-clause = Profile { $profile }, clause { $clause }
problem-trace = trace

## Keyboard
palette-open = Go or do
palette-title = Go somewhere or do something
palette-hint = Type a few letters
palette-none = Nothing of that name.
map-title = Shortcuts
map-reasons = Reasons have the keys printed beside them.
letters = Single letters act
letters-on = Keyboard: let single letters act
letters-off = Keyboard: single letters do nothing
scope-everywhere = Everywhere
scope-queue = Queue and tables
scope-review = Review
do-palette = Go or do
do-map = Shortcuts
do-search = Search or filter
do-back = Back, close
do-undo = Take back a signature
do-go-queue = Go to the queue
do-go-flights = Go to the flights
do-go-account = My account
do-go-lists = Go to the lists
do-go-selections = Go to the selections
do-go-expected = Go to the expected flights
do-go-carriers = Go to the carriers
do-go-holds = Go to the holds
do-go-links = Go to the links to be looked at again
do-go-profiles = Go to the legal profile
do-theme-system = Colours: as the system
do-theme-light = Colours: light
do-theme-dark = Colours: dark
do-sign-out = Sign out
do-next = Next row
do-previous = Previous row
do-open = Open
do-preview = Preview
do-take-next = Take the next case
do-claim = Claim
do-release = Release
do-show-held = Show new rows
do-verdict-same = Same
do-verdict-not-same = Not the same
do-verdict-cannot-tell = Cannot tell
do-note = Write a note
do-sign = Sign
do-previous-hit = Previous hit
do-next-hit = Next hit
do-next-fact = Next fact
do-previous-fact = Previous fact
do-line = Line as sent
do-entry = Entry of the list
do-itinerary = Itinerary
do-timeline = Timeline
do-manifest = Manifest

## Unmasking
unmask-what = Masked values are asked for one case, allowed outside the unit, and seen for a time. No names stand here.
unmask-none = Nobody has asked for masked values.
unmask-asked = Asked
unmask-state = State
unmask-state-asked = waits
unmask-state-provisional = open until confirmed
unmask-state-approved = open
unmask-state-refused = refused
unmask-state-ended = over
unmask-for = Case or request
unmask-offence = Offence, by its code
unmask-elements = Kinds of data
unmask-until = Until
unmask-one = Request
unmask-counts = { $persons ->
    [one] 1 person
   *[other] { NUMBER($persons) } persons
  } on { $flights ->
    [one] 1 flight
   *[other] { NUMBER($flights) } flights
  }, for { NUMBER($minutes) } minutes
unmask-decided = Decided by { $by } at { $at }.
unmask-falls-back = It falls back by itself at { $at } unless it is confirmed.
unmask-review = The data-protection officer looks at it by { $at }.
unmask-mine = You asked for this, so somebody else decides.
unmask-limits = Allow these alone
unmask-minutes = For how many minutes
unmask-phrase = Passphrase of the vault, or PIN of its token
unmask-answer = What you say to it
unmask-approve = Allow
unmask-confirm = Confirm
unmask-urgent = Grant as urgent
unmask-ask = Ask for masked values
unmask-records = Travellers or flights, by their identifiers
unmask-reason = Why it is needed, and the link to travel
unmask-ask-do = Ask
unmask-done-ask = Asked. The authority decides.
unmask-done-approve = Allowed.
unmask-done-urgent = Granted until it is confirmed.
unmask-done-refuse = Refused.

element-agency = agency
element-baggage = baggage
element-birth-date = birth date
element-birth-place = place of birth
element-booking-date = booking date
element-capture = how it was captured
element-carrier-contact = carrier's contact
element-contact = contacts
element-crew = crew
element-destination = address in the country
element-document = documents
element-frequent-flyer = frequent flyer
element-government-ref = government references
element-history = earlier versions
element-itinerary = itinerary
element-locator = record locators
element-minor = unaccompanied minor
element-name = names
element-nationality = nationality
element-non-air = other transport
element-payment = payment
element-remark = remarks
element-residence = residence
element-seat = seat
element-service = services
element-sex = sex
element-split = split bookings
element-status = status
element-ticket = tickets

## Rights of persons
rights-none = No request is kept.
rights-request = Received
rights-state = State
rights-state-open = open
rights-state-answered = answered
rights-state-refused = refused
rights-due = Answer by
rights-overdue = late
rights-one = Request
rights-kind-access = access
rights-kind-rectify = correction
rights-kind-erase = erasure
rights-kind-redress = redress
rights-thorough = Look in everything that is kept
rights-phrase = Passphrase of the vault or PIN of its token, for masked records
rights-find = Find
rights-found = { $n ->
    [one] 1 record was found.
   *[other] { NUMBER($n) } records were found.
  }
rights-masked-not = Masked records were not looked at.
rights-place-open = open
rights-place-masked = masked
rights-place-held = held for a case
rights-same-document = same document
rights-same-name = same name
rights-same-phone = same telephone number
rights-same-email = same e-mail address
rights-same-locator = same booking
rights-likeness = alike { NUMBER($n) } of 100
rights-value = Value
rights-contact = contact
rights-payment = payment
rights-correction = correction
rights-field-note = note
rights-field-surname = surname
rights-field-given-names = given names
rights-field-birth-date = birth date
rights-field-sex = sex
rights-field-nationality = nationality
rights-field-document = document
rights-field-contact = contact
rights-field-locator = record locator
rights-right = What is right
rights-proof = On what that rests
rights-correct = Put beside the record
rights-erase = Erase this record
rights-redress = Spare the match with { $list }
rights-spared = Spared until { $at } at the latest.
rights-tell = To be told: { $whom }.
rights-tell-none = Nobody else has to be told.
rights-withhold = Left out, because others have a right to it or the law keeps it back
rights-part-bookings = bookings
rights-part-contacts = contacts
rights-part-corrections = corrections
rights-part-documents = documents
rights-part-hits = hits
rights-part-messages = messages
rights-part-payments = payments
rights-answer = Answer with the marked records
rights-reason = Reason for a refusal, as the person gets it
rights-refuse = Refuse, with the remedy
rights-json = Take out as JSON
rights-print = Print
rights-since = kept since { $at }
rights-withheld = Left out: { $what }.
rights-remedy = If something is missing or wrong: { $remedy }.
rights-new = Record a request
rights-identity = How the identity was checked, as a code
rights-names = Names
rights-births = Birth dates, such as 1976-02-17
rights-documents = Document numbers
rights-contacts = Telephone numbers and e-mail addresses
rights-locators = Record locators
rights-record = Record
rights-several = Several are separated by a semicolon.
rights-done-open = Recorded.
rights-done-find = Searched.
rights-done-answer = Answered.
rights-done-refuse = Refused.
rights-done-correct = Put beside the record.
rights-done-erase = Erased.
rights-done-redress = Spared.
## The register of selected journeys

selection-which = Journeys
selection-all = all
selection-why = Reason
selection-threat = Threat
selection-office = Office that decided
selection-starts = Begins (UTC)
selection-ends = Ends (UTC)
selection-review = Review (UTC)
selection-due = due
selection-who = Proposed, approved, ended by
selection-way = Way
selection-waits = waits for approval
selection-to_come = approved, not yet begun
selection-in_force = in force
selection-over = over
selection-end = End
selection-end-which = End the selection of { $which }
selection-approve-which = Approve the selection of { $which }
selection-propose = Propose a selection
selection-proposed = Proposed; another person approves it
selection-approved = Approved
selection-ended = Ended
selection-mode = By
selection-carrier = Carrier, such as ZQ (blank: every one)
selection-airport = A place it touches (blank: any)
selection-from = Route from (blank: any)
selection-to = Route to
selection-note = All journeys at once are selected only against a threat that is named. Journeys that no entry selects are dropped on arrival where the law asks for one.
instant-hint = 2026-11-22T14:00:00Z
way-inbound = inbound
way-outbound = outbound
way-transit = transit
way-intra = inside the area
way-domestic = domestic
not-taken = Not taken, because nobody had selected it
not-taken-messages = Messages
not-taken-persons = Persons
empty-selections-title = Nothing is selected
empty-selections = Where the law takes journeys by selection only, none is taken.

## Holds and links
keep = Keep
keep-which = Keep { $which } until the next look
lift = Lift
lift-which = Lift { $which }
look-again = Look again by
hold-what = Copies that are kept for one case beyond their time. The copy has no name here and opens for its own case alone.
hold-none = Nothing is held.
hold-placed-at = Placed
hold-authority = Authority
hold-reason = Why it is kept
hold-ends = Over at
hold-place = Keep a copy
hold-whose = The person’s record
hold-read = Copy
hold-read-which = See the copy kept for { $which }
hold-copy = What the hold keeps
hold-placed = The copy is kept.
hold-kept = Kept until the next look.
hold-lifted = Lifted. The copy goes at the next sweep.
link-what = Records that stay beyond the first period because something ties them to an offence. Whoever recorded a link does not look at it again alone.
link-none = No record is kept for a link to an offence.
link-kind = Link
link-kind-confirmed-hit = confirmed hit
link-kind-request = request of an authority
link-record = Record
link-recorded = Recorded
link-mine = Somebody else must look at it.
link-kept = Kept until the next look.
link-lifted = Lifted. The record goes at the next sweep unless something else keeps it.

## Legal profile
profile-what = What may be kept, for how long and who may see it, each value with its clause. One person proposes a version, another puts it in force, and none is ever changed.
profile-step-proposed = proposed
profile-step-activated = put in force
profile-waits = waits for another person
profile-in-force = in force
profile-one = One version
profile-error = error
profile-warning = warning
profile-changes = In what it differs from the version in force
profile-same = It differs from the version in force in no value.
profile-key = Value
profile-before = In force
profile-after = In this version
profile-there = there
profile-text = Text of the profile
profile-activate = Put this text in force
profile-activated = In force from now on.
profile-propose = Propose a version
profile-propose-do = Propose
profile-proposed = Proposed. It waits for another person.
profile-second = Another person than who proposed it puts it in force.
profile-file = From a file

# Expected flights.
expected-odd = Only what is missing, late or in no schedule
expected-pushes = Owed
plan-planned = planned
plan-cancelled = cancelled
plan-unplanned = in no schedule
push-api = list
push-pnr = bookings
push-awaited = awaited
push-come = in time
push-late = late
push-missing = missing
push-came = came
push-excused = excused by an outage of ours
push-due = due
empty-expected-title = Nothing is missing
empty-expected = Of the expected flights of the last day and the next two everything has come that was due.
schedules = Schedules
schedule-name = Name
schedule-carriers = Carriers
schedule-legs = Legs
schedule-since = Since
schedule-over = ended
schedule-end = End
schedule-end-which = End { $which }
schedule-file = Schedule file (SSIM, or rows made by hand)
schedule-put-do = Bring in
schedule-put = The schedule is in force.
schedule-changes = Of the flights of the next 60 days { $added } are more, { $gone } fewer, { $changed } otherwise.
schedule-ended = The schedule has ended.
empty-schedules = No schedule has been brought in, so no flight is expected.

# Carriers.
carrier-id = Short name
carrier-name = Name
carrier-operates = Flies
carrier-markets = sells
carrier-senders = Envelope
carrier-formats = Formats
carrier-languages = Languages
carrier-enrol = Enrol
carrier-is-test = in test
carrier-is-live = live
carrier-is-ended = ended
carrier-set-test = Back to test
carrier-set-live = Go live
carrier-set-ended = End
carrier-reason = Reason
carrier-call = Whom to call
carrier-nobody = Nobody was named.
carrier-technician = technician
carrier-liaison = liaison
carrier-management = management
carrier-channels = Channels
carrier-kind = Kind
carrier-value = Key, address or name
carrier-until = until
carrier-end = End
carrier-end-which = End { $which }
carrier-channel-add = Add
carrier-ending = { $n ->
    [one] one channel ends soon
   *[other] { $n } channels end soon
}
channel-ssh-key = SSH key
channel-ssh-authority = SSH authority
channel-ssh-revoked = SSH key that no longer holds
channel-address = IP address
channel-origin = Type B address
channel-designator = MATIP designator
channel-way = folder or queue
channel-account = account
carrier-certification = Certification
carrier-certify = Open a run
carrier-run-since = Open since
carrier-run-passed = passed
case-waits = waits
case-passed = passed
case-failed = failed
carrier-history = Versions
carrier-enrolled = The carrier is enrolled, in test.
carrier-changed = The carrier is changed.
carrier-channel-added = The channel counts.
carrier-channel-ended = The channel has ended.
carrier-certification-open = The certification is open.
carrier-called = Whom to call is shown.
empty-channels = It is known by nothing, so it cannot send.
empty-certification = No certification was opened.
empty-carriers-title = No carrier is enrolled
empty-carriers = Messages come from folders and accounts that are nobody's in particular.
carrier-notices = Notices
notice-missing = missing
notice-late = late
notice-incomplete = incomplete
notice-unknown = in no schedule
notice-cancelled = cancelled
notice-ending = ends soon
notice-strange = not its own
notice-delivered = handed over
notice-stopped = stopped
notice-waits = waits for one of its ways
empty-notices = It was told nothing.
evidence-flight = Evidence about flight
evidence-departs = Local date of departure
evidence-of = Evidence about { $flight } as { $as }
evidence-page = Page to print
quality = Quality
quality-from = From
quality-unread = refused before the format was known
quality-messages = { $n ->
    [one] One message kept,
   *[other] { $n } messages kept,
}
quality-repeats = { $n } sent again,
quality-refused = { $n } refused,
quality-faulty = { $n } of which a value was lost.
quality-announced = { $said } announced, { $there } there; { $wrong ->
    [one] one message differs.
   *[other] { $wrong } messages differ.
}
quality-element = Element
quality-with = Came with it
quality-all = Of
quality-share = Share
quality-lost = Values lost
quality-persons = persons
quality-bookings = bookings
quality-pushes = Pushes
quality-push = Push
quality-excused = excused by an outage of ours
quality-told = { $messages } messages about { $flights } flights.
quality-compared = On { $flights } flights with lists and bookings, { $lists } passengers were in lists alone and { $bookings } in bookings alone.
quality-closed = { $boarded } passengers were on board of { $flights } closed flights, { $alone } of them named nowhere before.
quality-daily = Day by day
quality-weekly = Week by week
quality-kept = Messages
quality-again = Sent again
quality-not-taken = Refused
empty-quality = Nothing was counted in these days.
percent = { NUMBER($share, style: "percent", maximumFractionDigits: 1) }
outages = Outages of ours
outage-stopped = the program was off
outage-store = nothing could be written
