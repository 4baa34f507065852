import { DiagnosticError } from "../../document/diagnostic.js";
import { nearest } from "../../document/suggest.js";
import { listOf, quote } from "../../document/words.js";
import { conversionFrom, unitNames } from "../../rig/units.js";
import { parseRecords, type CsvField, type CsvRecord } from "./records.js";
import { parseTime, type TimeForm } from "./time.js";

/** Samples in the order of their times; both arrays have the same length, at least 1. */
export interface Series {
  /** Microseconds since the first sample, strictly increasing, the first is 0. */
  readonly timesUs: Float64Array;
  /** In the base unit of the quantity. */
  readonly values: Float64Array;
}

export interface SeriesOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Heading of the values; the second column where absent. */
  readonly column?: string;
  /** Heading of the times; the first column where absent. */
  readonly time?: string;
  /** One of `unitNames`; values are taken as they are where absent. */
  readonly unit?: string;
}

/**
 * Reads two columns of a CSV text (RFC 4180, also with LF line ends, a byte order mark, empty lines).
 * The first record holds the headings. Times are ISO 8601 date-times (UTC unless an offset is given; a
 * blank may stand for the T) or seconds.
 * Throws a DiagnosticError that names the file, line and column of the first thing wrong.
 */
export function readSeries(text: string, options: SeriesOptions): Series {
  const { file, unit } = options;
  const convert = unit === undefined ? (value: number) => value : conversionFrom(unit);
  if (!convert)
    fail(
      file,
      undefined,
      "csv-unit",
      `${quote(unit ?? "")} is not a unit of a signal`,
      `Write ${listOf(unitNames, "or")}.`,
    );
  const records = parseRecords(text, file);
  const header = records.next().value;
  if (!header)
    fail(
      file,
      undefined,
      "csv-empty",
      "the file is empty",
      "Write a line of headings such as `timestamp,value`, then one line for each sample.",
    );
  const columns = findColumns(header, options);
  const samples = readSamples(records, header, columns, file);
  if (samples.times.length === 0)
    fail(
      file,
      header.fields[0],
      "csv-empty",
      "the file has headings but no samples",
      "Add a line for each sample below the headings.",
    );
  return {
    timesUs: Float64Array.from(samples.times),
    values: Float64Array.from(samples.values, convert),
  };
}

interface Columns {
  readonly time: number;
  readonly value: number;
}

function findColumns(header: CsvRecord, options: SeriesOptions): Columns {
  const { file } = options;
  if (header.fields.length < 2)
    fail(
      file,
      header.fields[0],
      "csv-columns",
      "the file has one column, a signal needs two",
      "Put the time in one column and the value in another, parted by a comma.",
    );
  return {
    time: findColumn(header, options.time, 0, file),
    value: findColumn(header, options.column, 1, file),
  };
}

function findColumn(
  header: CsvRecord,
  name: string | undefined,
  fallback: number,
  file: string,
): number {
  if (name === undefined) return fallback;
  const names = header.fields.map((field) => field.text.trim());
  const index = names.indexOf(name);
  if (index >= 0) return index;
  const near = nearest(name, names);
  const all = `The columns are ${listOf(names.map(quote), "and")}.`;
  const hint = near === undefined ? all : `Did you mean ${quote(near)}? ${all}`;
  return fail(
    file,
    header.fields[0],
    "csv-unknown-column",
    `the file has no column ${quote(name)}`,
    hint,
  );
}

function readSamples(
  records: Iterable<CsvRecord>,
  header: CsvRecord,
  columns: Columns,
  file: string,
) {
  const times: number[] = [];
  const values: number[] = [];
  let form: TimeForm | undefined;
  let startUs = 0;
  for (const record of records) {
    const timeField = fieldAt(record, header, columns.time, file);
    const time = parseTime(timeField.text.trim());
    if (!time || (form !== undefined && time.form !== form)) badTime(timeField, form, file);
    if (times.length === 0) startUs = time.timeUs;
    form = time.form;
    const timeUs = time.timeUs - startUs;
    if (timeUs <= (times.at(-1) ?? -1)) badOrder(timeField, timeUs === times.at(-1), file);
    times.push(timeUs);
    values.push(readNumber(fieldAt(record, header, columns.value, file), file));
  }
  return { times, values };
}

function fieldAt(record: CsvRecord, header: CsvRecord, index: number, file: string): CsvField {
  const field = record.fields[index];
  if (record.fields.length === header.fields.length && field) return field;
  return fail(
    file,
    record.fields[0],
    "csv-field-count",
    `this row has ${record.fields.length} columns, the headings have ${header.fields.length}`,
    "Give every row the same columns as the headings; quote values that hold a comma.",
  );
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function readNumber(field: CsvField, file: string): number {
  const text = field.text.trim();
  if (numberForm.test(text) && Number.isFinite(Number(text))) return Number(text);
  const message = text === "" ? "the value is missing" : `${quote(text)} is not a number`;
  return fail(
    file,
    field,
    "csv-number",
    message,
    "Write a number such as 21.5, or remove the row: the value before it then holds.",
  );
}

function badTime(field: CsvField, form: TimeForm | undefined, file: string): never {
  const text = field.text.trim();
  if (form === undefined)
    fail(
      file,
      field,
      "csv-time",
      `${quote(text)} is not a time`,
      "Write a date-time such as 2013-07-04 00:00:00 (UTC), or seconds such as 60.",
    );
  const hint =
    form === "seconds"
      ? "Write seconds, like the rows above."
      : "Write a date-time, like the rows above.";
  return fail(file, field, "csv-time", `${quote(text)} is not a time of the form used above`, hint);
}

function badOrder(field: CsvField, equal: boolean, file: string): never {
  const message = equal
    ? `the time ${field.text.trim()} is there twice`
    : `the time ${field.text.trim()} is before that of the row above`;
  return fail(
    file,
    field,
    "csv-order",
    message,
    "Sort the rows by time and keep one row for each time.",
  );
}

function fail(
  file: string,
  field: CsvField | undefined,
  code: string,
  message: string,
  hint: string,
): never {
  const place = field ? { line: field.line, column: field.column, length: field.length } : {};
  throw new DiagnosticError([{ severity: "error", code, message, file, ...place, hint }]);
}
