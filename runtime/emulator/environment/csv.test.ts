import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagnosticError } from "../../document/diagnostic.js";
import { readSeries, type SeriesOptions } from "./csv.js";

function read(text: string, options: Partial<SeriesOptions> = {}) {
  const { timesUs, values } = readSeries(text, { file: "room.csv", ...options });
  return { seconds: [...timesUs].map((us) => us / 1e6), values: [...values] };
}

/** The one diagnostic as `line:column+length code: message. hint`. */
function refusal(text: string, options: Partial<SeriesOptions> = {}): string {
  try {
    read(text, options);
  } catch (error) {
    assert.ok(error instanceof DiagnosticError);
    const [d, ...others] = error.diagnostics;
    assert.ok(d && others.length === 0 && d.file === "room.csv" && d.severity === "error");
    return `${d.line}:${d.column}+${d.length} ${d.code}: ${d.message}. ${d.hint}`;
  }
  return assert.fail("nothing was refused");
}

test("date-times count from the first row and are UTC", () => {
  const text =
    "timestamp,value\n2013-07-04 00:00:00,69.5\n2013-07-04 01:00:00,71\n2013-07-05T00:00:00.25Z,70\n";
  assert.deepEqual(read(text), { seconds: [0, 3600, 86400.25], values: [69.5, 71, 70] });
});

test("an offset of a date-time is taken into account, a date alone is midnight", () => {
  const text = "t,v\n2024-02-29,1\n2024-02-29T03:00+02:00,2\n2024-02-29 00:30:00-0130,3\n";
  assert.deepEqual(read(text).seconds, [0, 3600, 7200]);
});

test("plain seconds, CR LF, a byte order mark, quotes, blanks, empty lines, no last line end", () => {
  const text = '\ufeff"time, s",note,"va""lue"\r\n10,"a,\r\nb", 1.5 \r\n\r\n10.5,,-2e1';
  assert.deepEqual(read(text, { column: 'va"lue' }), { seconds: [0, 0.5], values: [1.5, -20] });
});

test("columns by heading, values in their unit", () => {
  const text = "f,when,pa\n212,0,101325\n-40,60,30000\n";
  assert.deepEqual(read(text, { time: "when", column: "f", unit: "F" }).values, [100, -40]);
  assert.deepEqual(read(text, { time: "when", column: "pa", unit: "Pa" }).values, [1013.25, 300]);
});

test("units meet their fixed points", () => {
  const inUnit = (unit: string, value: number) =>
    read(`t,v\n0,${value}\n`, { unit }).values[0] as number;
  const points: [string, number, number][] = [
    ["C", 21.5, 21.5],
    ["°F", 32, 0],
    ["K", 273.15, 0],
    ["kPa", 101.325, 1013.25],
    ["hPa", 1013.25, 1013.25],
    ["%", 48, 48],
    ["ratio", 0.48, 48],
  ];
  for (const [unit, value, expected] of points)
    assert.ok(Math.abs(inUnit(unit, value) - expected) < 1e-9, unit);
});

test("what is wrong is named with its place and the fix", () => {
  const cases: [string, Partial<SeriesOptions>, string][] = [
    [
      "",
      {},
      "undefined:undefined+undefined csv-empty: the file is empty. Write a line of headings such as `timestamp,value`, then one line for each sample.",
    ],
    [
      "t,v\n",
      {},
      "1:1+1 csv-empty: the file has headings but no samples. Add a line for each sample below the headings.",
    ],
    [
      "value\n1\n",
      {},
      "1:1+5 csv-columns: the file has one column, a signal needs two. Put the time in one column and the value in another, parted by a comma.",
    ],
    [
      "timestamp,value\n0,1\n",
      { column: "vaule" },
      '1:1+9 csv-unknown-column: the file has no column "vaule". Did you mean "value"? The columns are "timestamp" and "value".',
    ],
    [
      "timestamp,value\n0,1\n",
      { time: "zeit" },
      '1:1+9 csv-unknown-column: the file has no column "zeit". The columns are "timestamp" and "value".',
    ],
    [
      "t,v\n0,1\n60,1,2\n",
      {},
      "3:1+2 csv-field-count: this row has 3 columns, the headings have 2. Give every row the same columns as the headings; quote values that hold a comma.",
    ],
    [
      "t,v\n0,1\n60,warm\n",
      {},
      '3:4+4 csv-number: "warm" is not a number. Write a number such as 21.5, or remove the row: the value before it then holds.',
    ],
    [
      'n,t,v\n"a\nb",0,\n',
      { time: "t", column: "v" },
      "3:6+0 csv-number: the value is missing. Write a number such as 21.5, or remove the row: the value before it then holds.",
    ],
    [
      "t,v\n2013-02-29 00:00:00,1\n",
      {},
      '2:1+19 csv-time: "2013-02-29 00:00:00" is not a time. Write a date-time such as 2013-07-04 00:00:00 (UTC), or seconds such as 60.',
    ],
    [
      "t,v\n2013-07-04,1\n60,1\n",
      {},
      '3:1+2 csv-time: "60" is not a time of the form used above. Write a date-time, like the rows above.',
    ],
    [
      "t,v\n0,1\n60,1\n60,2\n",
      {},
      "4:1+2 csv-order: the time 60 is there twice. Sort the rows by time and keep one row for each time.",
    ],
    [
      "t,v\n60,1\n0,1\n",
      {},
      "3:1+1 csv-order: the time 0 is before that of the row above. Sort the rows by time and keep one row for each time.",
    ],
    [
      't,v\n0,"1\n',
      {},
      '2:3+undefined csv-quote: this quote does not end. Add the closing `"`; a quote inside a quoted value is written twice.',
    ],
    [
      "t,v\n0,1\n",
      { unit: "R" },
      'undefined:undefined+undefined csv-unit: "R" is not a unit of a signal. Write C, °C, F, °F, K, hPa, mbar, kPa, Pa, % or ratio.',
    ],
  ];
  for (const [text, options, expected] of cases) assert.equal(refusal(text, options), expected);
});
