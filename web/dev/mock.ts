// Invented data for work on the workbench without a server. Development only: the build never
// sees it. People, carriers and lists are made up.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type {
  Case,
  CaseRow,
  DecisionRequest,
  Direction,
  Fact,
  Flight,
  Hit,
  List,
  ManifestRow,
  Message,
  MessageRow,
  Moment,
  Reason,
  Segment,
  Severity,
  Shown,
  Traveller,
} from '../src/api/types';

const MINUTE = 60_000;
const start = Date.now();
const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const id = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;

let seed = 7;
function dice(n: number): number {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * n);
}
const pick = <T>(of: readonly T[]): T => of[dice(of.length)] as T;

const SURNAMES =
  'EXEMPLE PRIMER BEISPIEL MUESTRA ESEMPIO SAMPLE ÖRNEK PRZYKLAD MFANO PRIMJER EXEMPLO NAIMINTIS'.split(
    ' ',
  );
const GIVEN = 'JEAN DAMIR TOM EVA LUCA ANNA MEHMET ZOFIA AMANI IVA JOAO TIINA'.split(' ');
const OFFSET: Record<string, number> = {
  UTA: 3,
  UTC: 3,
  NBO: 3,
  CDG: 1,
  DXB: 4,
  ALA: 5,
  FCO: 1,
  LHR: 0,
};
const SEVERITIES: Severity[] = ['critical', 'high', 'medium', 'medium', 'low'];

function moment(ms: number, place: string): Moment {
  const offset = OFFSET[place] ?? 0;
  return { utc: iso(ms), place, civil: iso(ms + offset * 60 * MINUTE).slice(0, 16) };
}

interface Person {
  n: number;
  surname: string;
  given: string;
  sex: string;
  birth: string;
  document: string;
}
function person(n: number): Person {
  return {
    n,
    surname: pick(SURNAMES),
    given: pick(GIVEN),
    sex: pick(['M', 'F']),
    birth: `19${50 + dice(49)}-${String(1 + dice(12)).padStart(2, '0')}-${String(1 + dice(28)).padStart(2, '0')}`,
    document: `X${1000000 + dice(8999999)}`,
  };
}

// One message with known byte places for each person in it.
const places = new Map<string, Record<string, [number, number]>>();
function paxlst(n: number, people: Person[], flight: string, from: string, to: string): Message {
  const segments: Segment[] = [];
  let at = 0;
  const add = (text: string) => {
    segments.push({
      n: segments.length + 1,
      tag: text.slice(0, 3),
      bytes: [at, at + text.length],
      text,
    });
    at += text.length;
  };
  add(`UNH+${n}+PAXLST:D:05B:UN:IATA'`);
  add("BGM+745'");
  add("NAD+MS+++ZQ OPERATIONS DESK'");
  add("COM+00 000 5550100:TE+DESK@ZQ.EXAMPLE:EM'");
  add(`TDT+20+${flight}'`);
  add(`LOC+125+${from}'`);
  add("DTM+189:2611221743:201'");
  add(`LOC+87+${to}'`);
  add("DTM+232:2611222310:201'");
  for (const p of people) {
    const place: Record<string, [number, number]> = {};
    const mark = (key: string, text: string, value: string) => {
      const i = text.lastIndexOf(value);
      place[key] = [at + i, at + i + value.length];
    };
    const nad = `NAD+FL+++${p.surname}:${p.given}'`;
    mark('surname', nad, p.surname);
    const g = nad.indexOf(`:${p.given}`) + 1;
    place.given_names = [at + g, at + g + p.given.length];
    add(nad);
    const sex = `ATT+2++${p.sex}'`;
    mark('sex', sex, p.sex);
    add(sex);
    const dtm = `DTM+329:${p.birth.slice(2).replaceAll('-', '')}'`;
    mark('birth_date', dtm, p.birth.slice(2).replaceAll('-', ''));
    add(dtm);
    add(`FTX+SPS++########'`);
    const nat = "NAT+2+UTO'";
    mark('nationality', nat, 'UTO');
    add(nat);
    const doc = `DOC+P:110:111+${p.document}'`;
    mark('document', doc, p.document);
    add(doc);
    add("DTM+36:310501'");
    add("LOC+91+UTO'");
    places.set(`${n}/${p.n}`, place);
  }
  add(`CNT+42:${people.length}'`);
  add(`UNT+${segments.length + 1}+${n}'`);
  const dtm = segments.find((s) => s.text.startsWith('DTM+329'));
  const ftx = segments.find((s) => s.tag === 'FTX');
  return {
    id: id('msg', n),
    type: 'PAXLST',
    version: 'D.05B',
    function: 'passenger_list',
    sender: 'ZQAIR',
    recipient: 'UTOPIU',
    reference: String(n),
    sent: '2026-11-22T09:14',
    received_at: iso(start - 42 * MINUTE),
    size: at,
    separators: { component: ':', element: '+', release: '?', terminator: "'" },
    charset: 'iso-8859-1',
    filler: '#',
    hidden: null,
    segments,
    findings: [
      {
        code: 'PAX-0231',
        severity: 'error',
        text: 'birth date does not exist in the calendar',
        advice: 'if only the month is certain send 00 for the day',
        segment: dtm?.n ?? 1,
        bytes: [(dtm?.bytes[0] ?? 0) + 8, (dtm?.bytes[0] ?? 0) + 14],
      },
      {
        code: 'PAX-0410',
        severity: 'warning',
        text: 'free text is not part of a passenger list',
        advice: 'leave FTX out',
        segment: ftx?.n ?? 1,
        bytes: [...(ftx?.bytes ?? [0, 1])],
      },
    ],
  };
}

const messages = new Map<string, Message>();
const flights: Flight[] = [];
const manifests = new Map<string, { people: Person[]; message: Message }>();
const ROUTES = [
  'UTA-CDG',
  'UTA-DXB',
  'NBO-UTA',
  'CDG-UTA',
  'UTA-ALA',
  'FCO-UTA',
  'UTA-LHR',
  'LHR-UTA',
];

for (let n = 0; n < 60; n++) {
  const [from, to] = pick(ROUTES).split('-') as [string, string];
  const leaves = start + (n * 17 - 60) * MINUTE;
  const carrier = pick(['ZQ', 'X9', 'QB']);
  const number = String(100 + dice(800));
  const people = Array.from({ length: 40 + dice(180) }, (_, i) => person(n * 1000 + i));
  const message = paxlst(n + 1, people, `${carrier}${number}`, from, to);
  messages.set(message.id, message);
  const flight: Flight = {
    id: id('jrn', n),
    flight: `${carrier}${number}`,
    carrier,
    number,
    from,
    to,
    departs: moment(leaves, from),
    arrives: moment(leaves + 380 * MINUTE, to),
    mode: 'air',
    vehicle: '',
    direction: from === 'UTA' ? 'out' : 'in',
    state: n < 4 ? 'closed' : n > 50 ? 'expected' : 'open',
    messages: { api: 1 + dice(3), pnr: dice(3), close_out: n < 4 ? 1 : 0 },
    travellers: people.length,
    part_due: n % 9 === 2 ? iso(start + (n - 20) * MINUTE) : null,
    cases_open: 0,
    findings: { error: n % 7 === 0 ? 1 : 0, warning: dice(4) },
  };
  flights.push(flight);
  manifests.set(flight.id, { people, message });
}

const REASONS: Reason[] = (
  [
    ['S1', 'same', 'document number and issuer agree'],
    ['S2', 'same', 'name, full birth date and one more fact'],
    ['S3', 'same', 'other strong identifier'],
    ['S9', 'same', 'other, see note'],
    ['N1', 'not_same', 'birth date differs beyond tolerance'],
    ['N2', 'not_same', 'document of same kind and issuer differs'],
    ['N3', 'not_same', 'sex differs, reliable on both sides'],
    ['N4', 'not_same', 'age impossible'],
    ['N5', 'not_same', 'decided before, nothing changed'],
    ['N6', 'not_same', 'common name, nothing else agrees'],
    ['N7', 'not_same', 'list entry faulty or ended'],
    ['N9', 'not_same', 'other, see note'],
    ['C1', 'cannot_tell', 'too few facts'],
    ['C2', 'cannot_tell', 'facts contradict'],
    ['C3', 'cannot_tell', 'waiting for owner of the list'],
    ['C4', 'cannot_tell', 'message damaged'],
  ] as const
).map(([code, verdict, text]) => ({ code, verdict, text, needs_note: code.endsWith('9') }));

interface Kept {
  row: CaseRow;
  hits: Hit[];
  who: Person;
  message: Message;
  ledger: Case['ledger'];
}
const cases: Kept[] = [];

function shown(value: string, message: Message, who: Person, key: string): Shown {
  const bytes = places.get(`${message.reference}/${who.n}`)?.[key];
  return bytes ? { value, source: { message: message.id, bytes } } : { value };
}

function makeHit(n: number, who: Person, message: Message, strong: boolean): Hit {
  const theirsBirth = strong ? who.birth : who.birth.slice(0, 4);
  const facts: Fact[] = [
    {
      fact: 'surname',
      ours: shown(who.surname, message, who, 'surname'),
      theirs: [who.surname],
      relation: 'agrees',
      points: 34,
      why: '',
    },
    {
      fact: 'given_names',
      ours: shown(who.given, message, who, 'given_names'),
      theirs: [`${who.given.slice(0, -1)}A`, `${who.given}-MARIA`],
      relation: 'close',
      points: 14,
      why: 'one letter differs',
    },
    {
      fact: 'birth_date',
      ours: shown(who.birth, message, who, 'birth_date'),
      theirs: [theirsBirth],
      relation: strong ? 'agrees' : 'close',
      points: strong ? 30 : 9,
      why: strong ? '' : 'year only',
    },
    {
      fact: 'sex',
      ours: shown(who.sex, message, who, 'sex'),
      theirs: [who.sex],
      relation: 'agrees',
      points: 2,
      why: '',
    },
    {
      fact: 'nationality',
      ours: shown('UTO', message, who, 'nationality'),
      theirs: ['UTO'],
      relation: 'not_compared',
      points: 0,
      why: 'never decides',
    },
    {
      fact: 'document',
      ours: shown(who.document, message, who, 'document'),
      theirs: [],
      relation: 'missing_theirs',
      points: 0,
      why: '',
    },
    {
      fact: 'phone',
      ours: n % 3 === 0 ? { masked: true, why: 'role', clause: '12(2)' } : { missing: true },
      theirs: ['+00 000 5550114'],
      relation: 'missing_ours',
      points: 0,
      why: '',
    },
  ];
  return {
    id: id('hit', n),
    version: 1,
    state: 'open',
    kind: 'list',
    list: {
      id: id('lst', 1),
      name: 'National N-12',
      version: '2026-11-20',
      owner: 'Criminal Investigation, Utopia',
      legal_basis: 'Security Act 12',
    },
    offences: ['annex-ii/4'],
    entry: {
      id: `e${n}`,
      reference: String(4400 + n),
      names: [`${who.surname}, ${who.given.slice(0, -1)}A`],
      aliases: [{ name: `${who.given}-MARIA ${who.surname}`, quality: 'low' }],
      births: [theirsBirth],
      nationalities: ['UTO'],
      documents: [],
      sought: [],
      listed_on: '2024-03-11',
      remarks: 'Wanted for questioning in an invented matter.',
    },
    weights: 'v5',
    profile: 'eu-2022 v1',
    strength: strong ? 80 : 64,
    line: 60,
    band: 'possible same person',
    words: strong
      ? 'name and birth date agree, no document to compare'
      : 'name agrees, birth year fits',
    facts,
    decisive_missing: ['document'],
    decision: null,
    second: null,
    earlier: [],
  };
}

function makeCase(n: number, minutes: number): Kept {
  const flight = flights[4 + dice(40)] as Flight;
  const manifest = manifests.get(flight.id) as { people: Person[]; message: Message };
  const who = manifest.people[dice(manifest.people.length)] as Person;
  const severity = n === 1 ? 'critical' : pick(SEVERITIES);
  const strong = severity === 'critical' || severity === 'high';
  const hits = [makeHit(n * 2, who, manifest.message, strong)];
  if (n % 4 === 0) hits.push(makeHit(n * 2 + 1, who, manifest.message, false));
  const actBy = start + minutes * MINUTE;
  flight.cases_open += 1;
  const out = flight.direction === 'out';
  const journey = {
    id: flight.id,
    flight: flight.flight,
    from: flight.from,
    to: flight.to,
    mode: flight.mode,
    direction: flight.direction,
    departs: out
      ? moment(actBy + 25 * MINUTE, flight.from)
      : moment(actBy - 300 * MINUTE, flight.from),
    arrives: out ? moment(actBy + 400 * MINUTE, flight.to) : moment(actBy + 30 * MINUTE, flight.to),
  };
  const row: CaseRow = {
    id: id('case', n),
    version: 1,
    act_by:
      n % 11 === 10
        ? null
        : {
            utc: iso(actBy),
            why: out
              ? ['outbound', `STD ${journey.departs.utc?.slice(11, 16)}Z`, 'gate 15', 'lead 10']
              : ['inbound', `STA ${journey.arrives.utc?.slice(11, 16)}Z`, 'lead 30'],
          },
    rank: minutes - { critical: 240, high: 90, medium: 0, low: -60 }[severity],
    severity,
    traveller: {
      id: id('trv', who.n),
      surname: shown(who.surname, manifest.message, who, 'surname'),
      given_names: shown(who.given, manifest.message, who, 'given_names'),
      sex: { value: who.sex },
      age: { value: String(2026 - Number(who.birth.slice(0, 4))) },
    },
    journey,
    why: {
      code: strong ? 'name-birth' : 'name',
      words: hits[0]?.words ?? '',
      agreeing: strong ? 3 : 2,
      compared: 4,
    },
    hits: hits.length,
    state: n % 5 === 0 ? 'claimed' : 'new',
    owner: n % 5 === 0 ? { initials: 'B.O.', me: false } : null,
    received_at: manifest.message.received_at,
    missed: minutes < 0,
  };
  return {
    row,
    hits,
    who,
    message: manifest.message,
    ledger: [
      { what: 'received', at: manifest.message.received_at, by: null },
      { what: 'hit', at: manifest.message.received_at, by: null },
    ],
  };
}

const BASE = Number(process.env.MOCK_CASES ?? 34);
for (let n = 1; n <= BASE; n++)
  cases.push(makeCase(n, n === 1 ? 3 : Math.round(n ** 1.6) + dice(9)));

const fullCase = (kept: Kept): Case => ({
  ...kept.row,
  hits: kept.hits,
  messages: [rowOf(kept.message)],
  ledger: kept.ledger,
  can: kept.row.owner?.me
    ? ['release', 'decide']
    : kept.row.owner
      ? []
      : kept.hits.every((h) => h.decision)
        ? []
        : ['claim', 'decide'],
  cannot:
    kept.row.owner && !kept.row.owner.me
      ? [
          {
            act: 'decide',
            code: 'claimed-by-other',
            clause: '4.1',
            text: 'B.O. works on this case. They can release it, or a supervisor can assign it to you.',
          },
        ]
      : [],
});

const rowOf = (m: Message): MessageRow => ({
  id: m.id,
  type: m.type,
  function: m.function,
  sent: m.sent ?? null,
  received_at: m.received_at,
  size: m.size,
  findings: m.findings.length,
});

function queue(query: URLSearchParams) {
  const open = cases.filter((k) => k.row.state !== 'closed').map((k) => k.row);
  const fits: Record<string, (r: CaseRow) => boolean> = {
    all: () => true,
    departing: (r) => r.journey.direction === 'out',
    arriving: (r) => r.journey.direction === 'in',
    transit: (r) => r.journey.direction === 'transit',
    mine: (r) => r.owner?.me === true,
    others: (r) => r.owner?.me === false,
    unclaimed: (r) => !r.owner,
    second: (r) => r.state === 'second_wanted',
    missed: (r) => r.missed,
  };
  const grade = ['critical', 'high', 'medium', 'low'];
  const lowest = grade.indexOf(query.get('severity') ?? 'low');
  const q = (query.get('q') ?? '').toUpperCase();
  const rows = open
    .filter(fits[query.get('lane') ?? 'all'] ?? (() => true))
    .filter((r) => grade.indexOf(r.severity) <= lowest)
    .filter((r) => !q || r.journey.flight.includes(q) || r.journey.from === q || r.journey.to === q)
    .sort((a, b) => (a.act_by ? a.rank : 1e6) - (b.act_by ? b.rank : 1e6));
  return {
    now: iso(Date.now()),
    counts: Object.fromEntries(Object.entries(fits).map(([k, f]) => [k, open.filter(f).length])),
    cases: rows,
    feeds: [
      { carrier: 'ZQ', last_received: iso(Date.now() - MINUTE), state: 'ok' },
      { carrier: 'X9', last_received: iso(Date.now() - 48 * MINUTE), state: 'late' },
      { carrier: 'QB', last_received: iso(Date.now() - 2 * MINUTE), state: 'ok' },
    ],
  };
}

function manifest(flight: Flight) {
  const { people, message } = manifests.get(flight.id) as { people: Person[]; message: Message };
  const { messages: _m, travellers: _t, ...head } = flight;
  const travellers = people.map((p, i): ManifestRow => {
    const open = cases.find((k) => k.who === p);
    const sources = i % 9 === 0 ? ['api'] : i % 13 === 0 ? ['pnr'] : ['api', 'pnr'];
    return {
      id: id('trv', p.n),
      role: i > people.length - 7 ? 'crew' : 'passenger',
      surname: shown(p.surname, message, p, 'surname'),
      given_names: shown(p.given, message, p, 'given_names'),
      sex: { value: p.sex },
      birth: shown(p.birth, message, p, 'birth_date'),
      nationality: { value: 'UTO' },
      document: shown(p.document, message, p, 'document'),
      seat:
        i % 23 === 5 ? { missing: true } : { value: `${1 + Math.floor(i / 6)}${'ABCDEF'[i % 6]}` },
      locator: sources.includes('pnr')
        ? { value: `K${(p.n * 7919).toString(36).toUpperCase().slice(-5)}` }
        : { missing: true },
      status: 'listed',
      sources,
      case: open ? { id: open.row.id, state: open.row.state } : null,
      infant: i % 23 === 5,
    };
  });
  const waiting = head.part_due
    ? [{ reference: head.flight, function: 'full_push', sent: null, missing: [2], has_last: true }]
    : [];
  return { ...head, travellers, messages: [rowOf(message)], waiting };
}

function list(
  n: number,
  name: string,
  kind: string,
  minutes: number,
  entries: number,
  rejects: number,
  stale: boolean,
): List {
  const at = iso(start - minutes * MINUTE);
  return {
    id: id('lst', n),
    name,
    kind,
    version: `v${n}`,
    imported_at: at,
    fetched_at: at,
    fresh_hours: 24,
    stale,
    entries,
    rejects,
    owner: 'Criminal Investigation, Utopia',
    legal_basis: 'Security Act 12',
    offences: [],
    entries_end: false,
    versions: [],
    may_roll_back: false,
  };
}

function traveller(of: string): Traveller | null {
  for (const flight of flights) {
    const made = manifests.get(flight.id) as { people: Person[]; message: Message };
    const p = made.people.find((each) => id('trv', each.n) === of);
    if (!p) continue;
    const m = made.message;
    const value = (field: string, text: string, other?: string) => ({
      field,
      differs: other !== undefined && other !== text,
      values: [
        {
          shown: shown(text, m, p, field),
          source_kind: 'api',
          message: m.id,
          sent: m.sent ?? null,
        },
        ...(other === undefined
          ? []
          : [{ shown: { value: other }, source_kind: 'pnr', message: m.id, sent: m.sent ?? null }]),
      ],
    });
    const open = cases.find((k) => k.who === p);
    return {
      corrections: [],
      id: of,
      journey: {
        id: flight.id,
        flight: flight.flight,
        from: flight.from,
        to: flight.to,
        mode: flight.mode,
        direction: flight.direction as Direction,
        departs: flight.departs,
        arrives: flight.arrives,
      },
      fields: [
        value('surname', p.surname, p.surname),
        value('given_names', p.given, `${p.given}MR`),
        value('birth_date', p.birth),
        value('sex', p.sex, p.sex),
        value('nationality', 'UTO', 'UTO'),
      ],
      documents: [
        {
          kind: 'P',
          number: shown(p.document, m, p, 'document'),
          issuer: { value: 'UTO' },
          expires: { value: '2031-05-01' },
          source_kind: 'api',
        },
      ],
      bookings: [
        {
          locator: { value: 'K7Q2LM' },
          company: 'ZQ',
          created: '2026-09-01T10:22',
          agency: { value: 'UTA1A098Z' },
          itinerary: [
            {
              flight: 'ZQ88',
              from: 'LHR',
              to: flight.from,
              departs: '2026-11-21T21:10',
              arrives: '2026-11-22T08:05',
              status: 'HK',
              here: false,
            },
            {
              flight: flight.flight,
              from: flight.from,
              to: flight.to,
              departs: flight.departs.civil ?? null,
              arrives: flight.arrives.civil ?? null,
              status: 'HK',
              here: true,
            },
          ],
          contacts: [
            { kind: 'phone', shown: { value: '+00 000 5550181' } },
            { kind: 'email', shown: { masked: true, why: 'role', clause: '12(2)' } },
          ],
          payments: [{ form: 'CC', number: { value: 'XXXXXXXXXXXX1234' } }],
          companions: { value: '2' },
        },
      ],
      messages: [rowOf(m)],
      hits: (open?.hits ?? []).map((h) => ({
        id: h.id,
        case: open?.row.id ?? '',
        list: h.list.name,
        reference: h.entry.reference,
        severity: open?.row.severity ?? 'low',
        strength: h.strength,
        state: h.state,
      })),
    };
  }
  return null;
}

const streams = new Set<ServerResponse>();
function tell(...ids: string[]) {
  for (const s of streams) s.write(`event: queue\ndata: ${JSON.stringify({ cases: ids })}\n\n`);
}

const session = {
  user: { id: 'usr_1', name: 'Anna Kovač', initials: 'A.K.', roles: ['analyst'] },
  profile: { id: 'eu-2022', version: '1', title: 'Directive (EU) 2016/681 as read in C-817/19' },
  home: 'UTO',
  now: '',
  recipient: { id: 'piu', title: 'Passenger information unit', only: true },
  training: false,
  acts: ['queue.read', 'case.read', 'hit.decide', 'flight.read', 'list.read', 'selection.read'],
};
let signedIn = false;

async function body(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
) {
  const send = (data: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(data));
  };
  const problem = (status: number, code: string, title: string, detail: string) =>
    send(
      { type: `urn:oriel:problem:${code}`, title, detail, status, code, trace_id: '7f0c1d' },
      status,
    );

  const [noun, one, act, hit] = path.split('/');
  if (noun === 'session') {
    if (request.method === 'DELETE') {
      signedIn = false;
      return send(null, 204);
    }
    if (request.method === 'POST') {
      const ask = (await body(request)) as { link?: string; password?: string };
      if (ask.link === 'used' || ask.password === 'wrong')
        return problem(
          401,
          'sign-in-refused',
          'This does not sign you in',
          'The link was used or has expired, or account and password do not fit.',
        );
      signedIn = true;
    }
    if (!signedIn)
      return problem(401, 'session-required', 'Nobody is signed in', 'Sign in and try again.');
    return send({ ...session, now: iso(Date.now()) });
  }
  if (!signedIn)
    return problem(401, 'session-required', 'Nobody is signed in', 'Sign in and try again.');
  if (noun === 'stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: heartbeat\ndata: {}\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
    return;
  }
  if (noun === 'queue') return send(queue(query));
  if (noun === 'reasons') return send(REASONS);
  if (noun === 'lists')
    return send([
      list(1, 'National N-12', 'serious_crime', 600, 4986, 14, true),
      list(2, 'UN consolidated (invented)', 'terrorism', 4000, 1021, 0, false),
    ]);
  if (noun === 'flights') {
    if (one) {
      const flight = flights.find((f) => f.id === one);
      return flight
        ? send(manifest(flight))
        : problem(
            404,
            'not-found',
            'There is nothing here',
            'The address names nothing that you may see.',
          );
    }
    const rows = flights.filter(
      (f) => !query.get('direction') || f.direction === query.get('direction'),
    );
    return send({ data: rows, page: { next: null, limit: 500, total: rows.length } });
  }
  if (noun === 'travellers') {
    const found = traveller(one ?? '');
    return found
      ? send(found)
      : problem(
          404,
          'not-found',
          'There is nothing here',
          'The address names nothing that you may see.',
        );
  }
  if (noun === 'messages') {
    const found = messages.get(one ?? '');
    return found
      ? send(found)
      : problem(
          404,
          'not-found',
          'There is nothing here',
          'The address names nothing that you may see.',
        );
  }
  if (noun === 'cases') {
    const kept = cases.find((k) => k.row.id === one);
    if (!kept)
      return problem(
        404,
        'not-found',
        'There is nothing here',
        'The address names nothing that you may see.',
      );
    if (!act) return send(fullCase(kept));
    if (act === 'claim' || act === 'release') {
      if (kept.row.owner && !kept.row.owner.me)
        return problem(
          409,
          'claimed-by-other',
          'Somebody else works on this case',
          'B.O. can release it, or a supervisor can assign it to you.',
        );
      kept.row = {
        ...kept.row,
        version: kept.row.version + 1,
        owner: act === 'claim' ? { initials: 'A.K.', me: true } : null,
        state: act === 'claim' ? 'claimed' : 'new',
      };
      kept.ledger.push({
        what: act === 'claim' ? 'claimed' : 'released',
        at: iso(Date.now()),
        by: 'A.K.',
      });
      return send(fullCase(kept));
    }
    const ask = (await body(request)) as DecisionRequest;
    const found = kept.hits.find((h) => h.id === hit);
    if (!found) return problem(404, 'not-found', 'There is nothing here', '');
    found.state = 'decided';
    found.version += 1;
    found.decision = {
      verdict: ask.verdict,
      reasons: ask.reasons,
      note: ask.note ?? null,
      by: 'A.K.',
      at: iso(Date.now()),
    };
    const all = kept.hits.every((h) => h.decision);
    kept.row = {
      ...kept.row,
      version: kept.row.version + 1,
      state: !all ? 'claimed' : ask.verdict === 'same' ? 'second_wanted' : 'closed',
    };
    kept.ledger.push({ what: 'decided', at: iso(Date.now()), by: 'A.K.' });
    return send(found);
  }
  problem(404, 'not-found', 'There is nothing here', '');
}

export function mock(): Plugin {
  return {
    name: 'oriel-mock',
    apply: 'serve',
    configureServer(server) {
      const news = Number(process.env.MOCK_NEWS ?? 25_000);
      let next = cases.length + 1;
      setInterval(() => {
        for (const s of streams) s.write('event: heartbeat\ndata: {}\n\n');
      }, 15_000).unref();
      setInterval(() => {
        const kept = makeCase(next, 5 + dice(90));
        next += 1;
        cases.push(kept);
        tell(kept.row.id);
      }, news).unref();
      server.middlewares.use('/api/v1/', (request, response) => {
        const url = new URL(request.originalUrl ?? '', 'http://mock');
        void answer(request, response, url.pathname.replace(/^\/api\/v1\//, ''), url.searchParams);
      });
    },
  };
}
