// SPDX-License-Identifier: EUPL-1.2
// Days as the rules count them: ISO texts ("2014-07-01"), which order as the days do. No time
// zone comes near them. Terms of years and months end on the same day number, or on the last
// day of a shorter month; weeks and days are added after that.

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LAST_DAY = 3652059; // 9999-12-31

/** A term leads to a day outside the years 1 to 9999. */
export class DayOutOfRange extends RangeError {}

const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const monthDays = (year, month) => (month === 2 && isLeap(year) ? 29 : MONTH_DAYS[month - 1]);

const pad = (number, width) => String(number).padStart(width, "0");

const written = (year, month, day) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;

const parts = (day) => day.split("-").map(Number);

/** Whether a text is a day of the calendar, written as 2014-07-01. */
export const isDay = (text) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = parts(text);
  return year > 0 && month > 0 && month < 13 && day > 0 && day <= monthDays(year, month);
};

/** The number of a day; 0001-01-01 is 1. */
export const dayNumber = (text) => {
  const [year, month, day] = parts(text);
  const before = year - 1;
  let number = before * 365 + Math.floor(before / 4) - Math.floor(before / 100)
    + Math.floor(before / 400) + day;
  for (let earlier = 1; earlier < month; earlier += 1) number += monthDays(year, earlier);
  return number;
};

/** The day with a number. */
export const dayOfNumber = (number) => {
  if (number < 1 || number > LAST_DAY) throw new DayOutOfRange(String(number));
  let year = Math.max(1, Math.floor(number / 365.2425));
  while (dayNumber(written(year + 1, 1, 1)) <= number) year += 1;
  while (dayNumber(written(year, 1, 1)) > number) year -= 1;
  let rest = number - dayNumber(written(year, 1, 1));
  let month = 1;
  while (rest >= monthDays(year, month)) {
    rest -= monthDays(year, month);
    month += 1;
  }
  return written(year, month, rest + 1);
};

const addMonths = (text, months) => {
  const [year, month, day] = parts(text);
  const total = year * 12 + month - 1 + months;
  const newYear = Math.floor(total / 12);
  const newMonth = total - newYear * 12 + 1;
  if (newYear < 1 || newYear > 9999) throw new DayOutOfRange(text);
  return written(newYear, newMonth, Math.min(day, monthDays(newYear, newMonth)));
};

/** A day + a term ({years, months, weeks, days}); sign -1 counts back. */
export const addTerm = (text, term, sign) => {
  const months = (term.years || 0) * 12 + (term.months || 0);
  const days = (term.weeks || 0) * 7 + (term.days || 0);
  const moved = months ? addMonths(text, sign * months) : text;
  return days ? dayOfNumber(dayNumber(moved) + sign * days) : moved;
};

/** Whole years between two days; someone born on 29 February is 18 on 28 February. */
export const fullYears = (start, end) => {
  const years = parts(end)[0] - parts(start)[0];
  return addMonths(start, 12 * years) <= end ? years : years - 1;
};

/** The nights between two days. */
export const nights = (start, end) => dayNumber(end) - dayNumber(start);

/** The calendar day of this moment in a time zone, or of this phone where it knows no zones. */
export const todayIn = (zone) => {
  const now = new Date();
  try {
    const found = {};
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
    }).formatToParts(now).forEach((part) => {
      found[part.type] = part.value;
    });
    const day = `${found.year}-${found.month}-${found.day}`;
    if (isDay(day)) return day;
  } catch (error) {
    // A phone that is too old for time zones: its own day is the best there is.
  }
  return written(now.getFullYear(), now.getMonth() + 1, now.getDate());
};
