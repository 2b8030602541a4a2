// SPDX-License-Identifier: EUPL-1.2
// The condition language for one person: true, false, or null for not known. The twin of
// rules/conditions.py and rules/formulas.py, node by node, so that they can be read side by side.
import { addTerm, fullYears, nights } from "./dates.js";

const ORDER = {
  is: (a, b) => a === b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};
const COMPARISONS = ["is", "in", "lt", "le", "gt", "ge", "has", "has_any", "known"];

const isOperand = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** A function that looks an operand up in a view; null means not known. */
const getOperand = (item) => {
  let get = () => null; // a field of an event: here are no events
  if (item.fact !== undefined) get = (view) => view.get(item.fact);
  else if (item.today) get = (view) => view.today;
  [[item.plus, 1], [item.minus, -1]].forEach(([term, sign]) => {
    if (term === undefined) return;
    const inner = get;
    get = (view) => {
      const day = inner(view);
      return day === null ? null : addTerm(day, term, sign);
    };
  });
  return get;
};

const getValue = (item) => {
  if (isOperand(item)) return getOperand(item);
  return () => (item === undefined ? null : item);
};

const compare = (op, left, right) => {
  if (op === "in") return right.indexOf(left) >= 0;
  const found = op === "has"
    ? left.indexOf(right) >= 0
    : right.some((code) => left.indexOf(code) >= 0);
  // A list with the code "unknown" in it may hold more than it names.
  if (found) return true;
  return left.indexOf("unknown") >= 0 ? null : false;
};

class Leaf {
  constructor(item) {
    this.item = item;
    this.right = null;
    this.schemes = [];
    if (item.scheme !== undefined) {
      this.op = "scheme";
      this.value = item.scheme;
      this.schemes = [item.scheme];
      this.facts = [];
      this.left = (view) => view.scheme(item.scheme);
      this.judge = this.left;
      return;
    }
    this.op = COMPARISONS.find((op) => item[op] !== undefined);
    this.value = item[this.op];
    this.left = getOperand(item);
    if (isOperand(this.value)) this.right = getOperand(this.value);
    this.facts = [item.fact, this.right ? this.value.fact : undefined].filter(Boolean);
    this.judge = this.comparison();
  }

  comparison() {
    const { op, value, left, right } = this;
    if (op === "known") return (view) => (left(view) !== null) === value;
    const orders = ORDER[op];
    return (view) => {
      const found = left(view);
      if (found === null) return null;
      const other = right ? right(view) : value;
      if (other === null) return null;
      return orders ? orders(found, other) : compare(op, found, other);
    };
  }

  reasons(view, wanted, into, shield) {
    into.push({ leaf: this, truth: this.judge(view), wanted, shield: shield.word });
  }
}

class Branch {
  constructor(parts, stopsAt) {
    this.parts = parts;
    this.stopsAt = stopsAt;
  }

  judge(view) {
    let whole = !this.stopsAt;
    for (const part of this.parts) {
      const truth = part.judge(view);
      if (truth === this.stopsAt) return truth;
      if (truth === null) whole = null;
    }
    return whole;
  }

  reasons(view, wanted, into, shield) {
    const whole = this.judge(view);
    const shielded = whole === null && Boolean(shield.word);
    for (const part of this.parts) {
      const truth = part.judge(view);
      if (shielded ? truth !== shield.against : truth === whole) {
        part.reasons(view, wanted, into, shield);
        // One part is enough for a true `any`, and for an `any` that is merely not false.
        if (shielded ? shield.against !== this.stopsAt : whole && this.stopsAt) return;
      }
    }
  }
}

class Turn {
  constructor(inner, how) {
    this.inner = inner;
    this.how = how;
  }

  judge(view) {
    const truth = this.inner.judge(view);
    if (this.how === "possibly") return truth !== false;
    if (this.how === "certainly") return truth === true;
    return truth === null ? null : !truth;
  }

  reasons(view, wanted, into, shield) {
    if (this.how === "not") {
      const turned = { word: shield.word, against: !shield.against };
      this.inner.reasons(view, !wanted, into, turned);
    } else {
      const own = { word: this.how, against: this.how === "certainly" };
      this.inner.reasons(view, wanted, into, own);
    }
  }
}

/** Nothing around a condition yet. */
export const NO_SHIELD = { word: "", against: false };

/** Make a condition of the pack ready to judge any number of views. */
export const compileCondition = (item) => {
  if (item.all) return new Branch(item.all.map(compileCondition), false);
  if (item.any) return new Branch(item.any.map(compileCondition), true);
  for (const how of ["not", "possibly", "certainly"]) {
    if (item[how] !== undefined) return new Turn(compileCondition(item[how]), how);
  }
  return new Leaf(item);
};

const money = (amount) => (Number.isInteger(amount) ? amount : Number(amount.toFixed(2)));

const between = (pair, how) => {
  const [first, second] = pair.map(getOperand);
  return (view) => {
    const one = first(view);
    const other = one === null ? null : second(view);
    return other === null ? null : how(one, other);
  };
};

const gathered = (items, how, every) => {
  const gets = items.map(getOperand);
  return (view) => {
    const found = gets.map((get) => get(view)).filter((value) => value !== null);
    return found.length === gets.length || (found.length && !every) ? how(found) : null;
  };
};

const least = (found) => found.reduce((a, b) => (b < a ? b : a));
const most = (found) => found.reduce((a, b) => (b > a ? b : a));

const choice = (cases, otherwise) => {
  const branches = cases.map((one) => [compileCondition(one.when), getValue(one.then)]);
  const last = getValue(otherwise);
  return (view) => {
    for (const [node, get] of branches) {
      const truth = node.judge(view);
      if (truth) return get(view);
      if (truth === null) return null;
    }
    return last(view);
  };
};

const groupOn = (kind, day) => {
  const held = (kind.dated || []).find(
    (one) => (!one.valid_from || one.valid_from <= day) && (!one.valid_to || day <= one.valid_to)
  );
  return held ? held.group : kind.group || null;
};

const grouped = (fact, list) => {
  const kinds = {};
  list.codes.forEach(([kind, codes]) => {
    codes.split(" ").forEach((code) => {
      kinds[code] = kind;
    });
  });
  const [first] = list.precedence;
  return (view) => {
    const codes = view.get(fact);
    if (codes === null) return null;
    const found = codes.filter((code) => code !== "unknown").map(
      (code) => (kinds[code] && groupOn(kinds[code], view.today)) || list.otherwise
    );
    let best = list.precedence.find((group) => found.indexOf(group) >= 0);
    if (best === undefined) best = found.filter(Boolean).sort()[0] || null;
    // A code that is not known could still bring a group that goes before those known.
    return codes.indexOf("unknown") >= 0 && best !== (first || null) ? null : best;
  };
};

/** Return the function of a computed fact; groups: how codes of list facts are grouped. */
export const compileFormula = (formula, groups) => {
  if (formula.condition) {
    const node = compileCondition(formula.condition);
    return (view) => node.judge(view);
  }
  if (formula.cases) return choice(formula.cases, formula.otherwise);
  if (formula.group_of) return grouped(formula.group_of, groups[formula.group_of]);
  if (formula.years_between) return between(formula.years_between, fullYears);
  if (formula.days_between) return between(formula.days_between, nights);
  if (formula.difference) return between(formula.difference, (a, b) => money(a - b));
  if (formula.value) return getOperand(formula.value);
  if (formula.sum) {
    return gathered(formula.sum, (found) => money(found.reduce((a, b) => a + b)), true);
  }
  if (formula.first_known) return gathered(formula.first_known, (found) => found[0], false);
  if (formula.earliest) return gathered(formula.earliest, least, false);
  return gathered(formula.latest, most, false);
};
