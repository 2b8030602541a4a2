// SPDX-License-Identifier: EUPL-1.2
// What follows from the answers: the outcome of every scheme in force, what decided it, and what
// to ask next. The twin of guide/settled.py and guide/conversation.py.
import { factsOf } from "./answers.js";
import { NO_SHIELD } from "./conditions.js";
import { dayNumber, dayOfNumber } from "./dates.js";

const MOST_TRIED = 1000;

/** The facts somebody can be asked on which deciding leaves rest, each once. */
const decidingFacts = (rules, reasons, view, told) => {
  const found = [];
  reasons.forEach((reason) => {
    reason.leaf.facts.forEach((name) => {
      const behind = told[name] !== undefined ? [name] : rules.data.inputs[name] || [name];
      const known = behind.filter((fact) => view.get(fact) !== null);
      (known.length ? known : behind.slice(0, 1)).forEach((fact) => {
        if (rules.facts[fact].askable && found.indexOf(fact) < 0) found.push(fact);
      });
    });
  });
  return found;
};

const judge = (rules, version, view, told) => {
  const truth = view.scheme(version.id);
  const reasons = [];
  version.node.reasons(view, true, reasons, NO_SHIELD);
  return {
    id: version.id,
    version,
    truth,
    because: decidingFacts(rules, reasons, view, told),
    missing: truth === null ? rules.missing(reasons, view) : [],
  };
};

const lengthOf = (answer) => dayNumber(answer.last) - dayNumber(answer.first) + 1;

/** Leave the longest periods out until all combinations of days can be tried. */
const keptWithin = (partial) => {
  const kept = partial.slice().sort((a, b) => lengthOf(a) - lengthOf(b));
  while (kept.reduce((total, answer) => total * lengthOf(answer), 1) > MOST_TRIED) kept.pop();
  return kept;
};

/** Call `each` with the told facts for every combination of days, until it returns false. */
const everyDay = (answers, told, each) => {
  if (!answers.length) return each(told);
  const [answer, ...rest] = answers;
  const last = dayNumber(answer.last);
  for (let day = dayNumber(answer.first); day <= last; day += 1) {
    const tried = Object.assign({}, told, { [answer.fact]: dayOfNumber(day) });
    if (everyDay(rest, tried, each) === false) return false;
  }
  return true;
};

/** What holds whichever days it were; null where that differs or is not known. */
const onEveryDay = (rules, version, told, today, about) => {
  let first = null;
  const held = everyDay(about, told, (tried) => {
    const view = rules.view(tried, today);
    if (first === null) {
      first = judge(rules, version, view, told);
      return first.truth !== null;
    }
    return view.scheme(version.id) === first.truth;
  });
  return held === false ? null : first;
};

/** Judge every scheme in force on a day: {view, schemes, setAside}. A day known in part settles
 * a scheme only when it does so whichever day it was. */
export const settle = (rules, answers, today) => {
  const told = factsOf(answers);
  const view = rules.view(told, today);
  const vague = keptWithin(answers.filter((answer) => answer.first !== undefined));
  const schemes = rules.lawOn(today).map((version) => {
    const judged = judge(rules, version, view, told);
    const about = vague.filter((answer) => judged.missing.indexOf(answer.fact) >= 0);
    if (judged.truth !== null || !about.length) return judged;
    return onEveryDay(rules, version, told, today, about) || judged;
  });
  const setAside = Object.keys(told).filter((fact) => rules.isBeside(fact)
    && JSON.stringify(view.get(fact)) !== JSON.stringify(told[fact]));
  return { view, schemes, setAside };
};

/** The fact to ask next, or null. Nothing is asked twice, nor what tells who somebody is; a
 * coarser fact goes before the finer one that it can follow from, and what presses before all. */
export const nextFact = (rules, settled, answers) => {
  const open = settled.schemes.filter((one) => one.truth === null);
  const never = answers.map((answer) => answer.fact).concat(rules.data.never);
  const pressing = rules.data.first.find(
    (fact) => never.indexOf(fact) < 0 && open.some((one) => one.missing.indexOf(fact) >= 0)
  );
  if (pressing) return pressing;
  const coarse = rules.nextQuestion(settled.view, open, never.concat(rules.data.finer));
  return coarse || rules.nextQuestion(settled.view, open, never);
};
