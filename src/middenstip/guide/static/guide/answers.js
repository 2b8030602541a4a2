// SPDX-License-Identifier: EUPL-1.2
// The answers of one visit, in the memory of an open page and nowhere else. The twin of
// guide/answers.py: an answer is {fact, raw}, and value (typed as the pack says), or first and
// last (the days between which a day lies that is known in part), or neither when skipped.
import { dayNumber, dayOfNumber, isDay } from "./dates.js";

const PREFIX = "a.";
const DONT_KNOW = "?";
export const RATHER_NOT = "-";
const FIRST_YEAR = 1900;
const YEARS_AHEAD = 10;
const MOST_CODES = 30;

const pad = (text, width) => String(text).padStart(width, "0");
const refused = (fact, trouble) => ({ fact, trouble });

const readNumber = (fact, item, raw) => {
  const pattern = item.type === "integer" ? /^\d{1,9}$/ : /^\d{1,9}([.,]\d{1,2})?$/;
  if (!pattern.test(raw)) return refused(fact, "no_number");
  const plain = raw.replace(",", ".");
  const value = Number(plain);
  const low = item.minimum === undefined ? 0 : item.minimum;
  if (value < low || (item.maximum !== undefined && value > item.maximum)) {
    return refused(fact, "out_of_bounds");
  }
  return { fact, raw: [plain], value };
};

const readDay = (fact, raw, on) => {
  const found = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(raw);
  if (!found) return refused(fact, "no_day");
  const [, year, month, day] = found;
  const text = `${year}-${pad(month || 1, 2)}-${pad(day || 1, 2)}`;
  const years = Number(year);
  const inside = years >= FIRST_YEAR && years <= Number(on.slice(0, 4)) + YEARS_AHEAD;
  if (!inside || !isDay(text)) return refused(fact, "no_day");
  if (day !== undefined) return { fact, raw: [text], value: text };
  if (month === undefined) {
    return { fact, raw: [year], first: text, last: `${year}-12-31` };
  }
  const next = Number(month) === 12
    ? `${pad(years + 1, 4)}-01-01`
    : `${year}-${pad(Number(month) + 1, 2)}-01`;
  const last = dayOfNumber(dayNumber(next) - 1);
  return { fact, raw: [text.slice(0, 7)], first: text, last };
};

const readCodes = (fact, item, raw, codes) => {
  const chosen = Array.from(new Set(raw));
  if (chosen.length > MOST_CODES) return refused(fact, "too_many");
  if (chosen.some((code) => codes.indexOf(code) < 0 || code === "unknown")) {
    return refused(fact, "no_choice");
  }
  return { fact, raw: chosen, value: chosen };
};

/** One answer from how it travels in a form (texts), or {fact, trouble}: why it cannot be read.
 * data: a compiled pack; on: the day asked, beyond which no day may lie far. */
export const readAnswer = (data, fact, texts, on) => {
  const item = data.facts[fact];
  if (!item || !item.askable) return refused(fact, "no_such_fact");
  const given = texts.map((text) => text.trim());
  for (const skip of [DONT_KNOW, RATHER_NOT]) {
    if (given.indexOf(skip) >= 0) return { fact, raw: [skip] };
  }
  const raw = given.filter(Boolean);
  if (!raw.length) return refused(fact, "empty");
  const one = raw[raw.length - 1];
  const codes = data.codes[item.list] || [];
  switch (item.type) {
    case "codes":
    case "countries":
      return readCodes(fact, item, raw, codes);
    case "date":
      return readDay(fact, one, on);
    case "integer":
    case "money":
      return readNumber(fact, item, one);
    case "code":
      if (one !== "unknown" && codes.indexOf(one) >= 0) return { fact, raw: [one], value: one };
      break;
    default:
      if (one === "yes" || one === "no") return { fact, raw: [one], value: one === "yes" };
  }
  return refused(fact, "no_choice");
};

/** A day that came in parts ({y, m, d}) as it travels in one field. */
const dayOfParts = (parts) => {
  const [y, m, d] = ["y", "m", "d"].map((name) => parts[name] || "");
  if (d && !m) return "no day";
  if (!y) return m || d ? "no day" : "";
  return [y, m, d].filter(Boolean).map((part) => pad(part, 2)).join("-");
};

/** The answers in the fields of a form ([[name, value], ...]) in the order of asking, and what
 * could not be read as one: {answers, refused}. */
export const readAnswers = (data, fields, on) => {
  const raw = new Map();
  const days = {};
  fields.filter(([name]) => name.startsWith(PREFIX)).forEach(([name, value]) => {
    const [fact, part] = name.slice(PREFIX.length).split(".");
    if (!raw.has(fact)) raw.set(fact, []);
    if (part === undefined) raw.get(fact).push(value);
    else days[fact] = Object.assign(days[fact] || {}, { [part]: value.trim() });
  });
  const read = Array.from(raw.keys()).map((fact) => {
    const values = raw.get(fact);
    return readAnswer(data, fact, values.length ? values : [dayOfParts(days[fact])], on);
  });
  return {
    answers: read.filter((one) => one.raw),
    refused: read.filter((one) => !one.raw),
  };
};

/** The form fields that carry answers on. */
export const fieldsOf = (answers) => answers.reduce(
  (found, answer) => found.concat(answer.raw.map((raw) => [PREFIX + answer.fact, raw])), []
);

/** Whether the visitor did not know, or would rather not say. */
export const isSkipped = (answer) => answer.value === undefined && answer.first === undefined;

/** The facts that are known: {fact: value}. */
export const factsOf = (answers) => {
  const told = {};
  answers.forEach((answer) => {
    if (answer.value !== undefined) told[answer.fact] = answer.value;
  });
  return told;
};
