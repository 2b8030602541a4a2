// SPDX-License-Identifier: EUPL-1.2
// The rules of a compiled pack (guide/compiled.py), judged in the browser: what applies on a
// day, what is missing, and the next question. The twin of the room `rules`; a test holds the
// answers equal. Nothing is stored, nothing is sent.
import { NO_SHIELD, compileCondition, compileFormula } from "./conditions.js";
import { DayOutOfRange, addTerm, dayNumber, dayOfNumber } from "./dates.js";

const MOST_VALUES = 6;

/** What is known about a person on a day; what is not there yet is worked out once and kept. */
class View {
  constructor(rules, values, beside, today) {
    this.rules = rules;
    this.values = values;
    this.beside = beside;
    this.today = today;
    this.outcomes = {};
  }

  get(fact) {
    const known = this.values[fact];
    if (known !== undefined) return known;
    let value = null;
    const formula = this.rules.formulas[fact];
    if (formula) {
      this.values[fact] = null; // a circle, which a checked pack does not have, ends unknown
      value = formula(this);
    }
    if (value === null && this.beside[fact] !== undefined) value = this.beside[fact];
    if (value === null && this.rules.defaults[fact] !== undefined) {
      value = this.rules.defaults[fact];
    }
    this.values[fact] = value;
    return value;
  }

  scheme(id) {
    if (this.outcomes[id] !== undefined) return this.outcomes[id];
    this.outcomes[id] = null;
    const version = this.rules.lawOn(this.today).find((one) => one.id === id);
    this.outcomes[id] = version ? version.node.judge(this) : false;
    return this.outcomes[id];
  }
}

const unique = (items) => Array.from(new Set(items));

/** The pack, made ready to judge any number of persons. */
export class Rules {
  constructor(data) {
    this.data = data;
    this.facts = data.facts;
    this.formulas = {};
    this.defaults = {};
    Object.keys(data.facts).forEach((fact) => {
      const item = data.facts[fact];
      if (item.compute) this.formulas[fact] = compileFormula(item.compute, data.groups);
      if (item.default !== undefined) this.defaults[fact] = item.default;
    });
    this.provisions = data.schemes.map((one) => ({
      id: one.id,
      needs: one.needs,
      first: one.first,
      from: one.from,
      to: one.to,
      node: compileCondition(one.when),
    }));
    this.dependents = {};
    Object.keys(data.inputs).forEach((fact) => {
      data.inputs[fact].forEach((name) => {
        this.dependents[name] = (this.dependents[name] || []).concat(fact);
      });
    });
    this.law = {};
  }

  /** The versions in force on a day, in the order of the pack. */
  lawOn(day) {
    if (!this.law[day]) {
      this.law[day] = this.provisions.filter(
        (one) => one.from <= day && (!one.to || day <= one.to)
      );
    }
    return this.law[day];
  }

  /** The facts as they stand when somebody told some ({fact: value}) on a day. */
  view(told, today) {
    const values = Object.create(null);
    const beside = Object.create(null);
    Object.keys(told).forEach((fact) => {
      if (told[fact] === null || told[fact] === undefined) return;
      (this.isBeside(fact) ? beside : values)[fact] = told[fact];
    });
    return new View(this, values, beside, today);
  }

  /** Whether a told value of a fact is only kept beside the computed one, which wins. */
  isBeside(fact) {
    const item = this.facts[fact];
    return Boolean(item && item.compute && item.prefer !== "given");
  }

  /** The facts behind these reasons that are not known, or a list that may hold more. */
  missing(reasons, view) {
    return this.behind(reasons, view).filter((fact) => {
      const value = view.get(fact);
      return value === null || (Array.isArray(value) && value.indexOf("unknown") >= 0);
    });
  }

  /** The facts on which the unknown ones of these leaves rest, each once. */
  behind(reasons, view) {
    const found = [];
    reasons.filter((reason) => reason.truth === null).forEach((reason) => {
      reason.leaf.facts.forEach((fact) => found.push(...(this.data.inputs[fact] || [fact])));
      reason.leaf.schemes.forEach((scheme) => {
        const version = this.lawOn(view.today).find((one) => one.id === scheme);
        if (!version) return;
        const inner = [];
        version.node.reasons(view, true, inner, NO_SHIELD);
        found.push(...this.behind(inner, view));
      });
    });
    return unique(found);
  }

  /** The fact that settles most open schemes ({version, missing}) on average; of equals the
   * first that is missed. Those in `skipped` are not asked. */
  nextQuestion(view, open, skipped) {
    const candidates = new Map();
    open.forEach((scheme) => {
      scheme.missing.forEach((fact) => {
        if (!this.data.tries[fact] || skipped.indexOf(fact) >= 0) return;
        candidates.set(fact, (candidates.get(fact) || []).concat(scheme.version));
      });
    });
    const names = Array.from(candidates.keys());
    const places = new Map(names.map((name, place) => [name, place]));
    const count = (name) => candidates.get(name).length;
    names.sort((a, b) => count(b) - count(a) || places.get(a) - places.get(b));
    let best = null;
    let bestScore = -1;
    for (const name of names) {
      if (count(name) < bestScore) break;
      const score = this.score(view, name, candidates.get(name));
      if (score > bestScore
          || (best !== null && score === bestScore && places.get(name) < places.get(best))) {
        best = name;
        bestScore = score;
      }
    }
    return best;
  }

  score(view, fact, versions) {
    const values = this.tries(fact, view.today);
    const known = Object.assign(Object.create(null), view.values);
    (this.dependents[fact] || []).forEach((name) => delete known[name]);
    let settled = 0;
    values.forEach((value) => {
      known[fact] = value;
      const trial = new View(this, Object.create(known), view.beside, view.today);
      settled += versions.filter((version) => version.node.judge(trial) !== null).length;
    });
    return settled / values.length;
  }

  /** The values worth trying for a fact on a day. */
  tries(fact, today) {
    const fixed = this.data.tries[fact];
    if (this.facts[fact].type !== "date") return fixed;
    const days = fixed.slice();
    (this.data.terms[fact] || []).forEach((term) => {
      try {
        const day = addTerm(today, term, -1);
        days.push(day);
        days.push(dayOfNumber(dayNumber(day) + 1));
      } catch (error) {
        if (!(error instanceof DayOutOfRange)) throw error;
      }
    });
    days.push(today);
    return unique(days).slice(0, MOST_VALUES);
  }
}
