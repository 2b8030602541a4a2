// SPDX-License-Identifier: EUPL-1.2
// One step of the conversation: from the fields of a form to the next page, as the server makes
// it. The twin of guide/views.py and guide/result.py.
import { RATHER_NOT, fieldsOf, isSkipped, readAnswers } from "./answers.js";
import { nextFact, settle } from "./settle.js";
import { Filler, Safe } from "./templates.js";

const MOST_FIRST = 3;

/** Where pages stand, seen from the page of a door. */
const ADDRESSES = {
  "guide:start": "../index.html",
  "guide:help": "../help/index.html",
  "guide:helping": "../helping/index.html",
  "guide:noticed": "../noticed/index.html",
  "guide:safe": "../safe/index.html",
  "guide:scheme": "../schemes/%/index.html",
  "guide:sheet": "../paper/sheets/%.pdf",
};

const addressOf = (door) => (name, lang, id) => (name === `guide:${door}`
  ? "index.html"
  : ADDRESSES[name].replace("%", encodeURIComponent(id)));

const answerOf = (answers, fact) => answers.find((answer) => answer.fact === fact);
const without = (answers, fact) => answers.filter((answer) => answer.fact !== fact);

/** A question with what was answered to it. */
const saidAbout = (texts, fact, answer) => {
  const question = texts.questions[fact];
  const found = { fact, question: question.words, kind: "value", words: [] };
  if (!answer) found.kind = "open";
  else if (isSkipped(answer)) {
    found.kind = answer.raw[0] === RATHER_NOT ? "rather_not" : "dont_know";
  } else if (question.type === "yes_no") found.kind = answer.value ? "yes" : "no";
  else if (question.choices) {
    found.words = answer.raw.map(
      (code) => question.choices.find((choice) => choice.code === code).words
    );
  } else found.words = [answer.raw[0]];
  found.fixed = texts.said[found.kind];
  return found;
};

/** What applies and presses, in the order of the pack, one thing for each need. */
const pressing = (offers) => {
  const found = offers.filter((one) => one.truth && one.version.first);
  found.sort((one, other) => one.version.first - other.version.first);
  const needs = found.map((one) => one.version.needs[0]);
  return found.filter((one, place) => needs.indexOf(needs[place]) === place).slice(0, MOST_FIRST);
};

/** What the answers lead to, in the words of one door (`texts`, from guide/export_texts.py). */
class Result {
  constructor(rules, texts, answers, today) {
    this.rules = rules;
    this.texts = texts;
    this.answers = answers;
    this.today = today;
    const settled = settle(rules, answers, today);
    const fact = nextFact(rules, settled, answers);
    this.door = texts.door;
    this.question = fact ? texts.questions[fact] : null;
    this.answered = answers.length;
    this.told = answers.map((answer) => this.said(answer.fact));
    this.set_aside = settled.setAside.map((one) => this.said(one));
    const offers = settled.schemes.filter((one) => one.truth !== false);
    this.needs = rules.data.needs.map((need) => this.need(need, offers));
    this.pressing = pressing(offers);
  }

  said(fact) {
    return saidAbout(this.texts, fact, answerOf(this.answers, fact));
  }

  need(id, judged) {
    const own = judged.filter((one) => one.version.needs.indexOf(id) >= 0);
    const sure = own.filter((one) => one.truth);
    const perhaps = own.filter((one) => !one.truth);
    let state = own.length ? "may" : "not";
    if (sure.length) state = "applies";
    return { need_id: id, label: this.texts.needs[id], state, judged: sure.concat(perhaps) };
  }

  /** Put what is offered in words: `more` is the second part of the texts. */
  write(more) {
    const made = {};
    this.needs.forEach((need) => {
      need.offers = need.judged.map((one) => {
        made[one.id] = made[one.id] || this.offer(one, more);
        return made[one.id];
      });
    });
    this.first = this.pressing.map((one) => made[one.id]);
  }

  offer(judged, more) {
    const spans = more.offers[judged.id].filter(([from]) => from <= this.today);
    const text = spans.length ? spans[spans.length - 1][1] : more.offers[judged.id][0][1];
    const asked = (fact) => Boolean(answerOf(this.answers, fact));
    const askable = (fact) => Boolean(this.rules.data.tries[fact]);
    return Object.assign({}, text, {
      outcome: judged.truth ? "applies" : "unknown",
      because: judged.because.filter(asked).map((fact) => this.said(fact)),
      missing: judged.missing.filter(askable).map((fact) => this.said(fact)),
      contacts: (text.contacts || []).map((id) => more.contacts[id]),
    });
  }

  wheel() {
    const { before, sectors, after } = this.texts.wheel;
    const drawn = sectors.map(
      (sector) => sector[this.needs.find((need) => need.need_id === sector.need).state]
    );
    return new Safe(before + drawn.join("") + after);
  }

  near(region, more) {
    if (!region) return [];
    const needs = this.needs.filter((need) => need.state !== "not").map((need) => need.need_id);
    return Object.keys(more.contacts).map((id) => more.contacts[id]).filter(
      (contact) => (contact.regions || []).indexOf(region) >= 0
        && contact.needs.some((need) => needs.indexOf(need) >= 0)
    );
  }
}

const last = (fields, name) => {
  const found = fields.filter(([one]) => one === name);
  return found.length ? found[found.length - 1][1] : undefined;
};

/** The answers that count now, and the fact to ask for: the last one again when going back, a
 * named one when an answer is changed. */
const moved = (answers, fields) => {
  if (last(fields, "back") !== undefined && answers.length) {
    return [answers.slice(0, -1), answers[answers.length - 1].fact];
  }
  const named = last(fields, "ask");
  return [answers, answerOf(answers, named) ? named : null];
};

/** The next page: {title, main, isResult}. `fields` are those of the form that was sent,
 * [[name, value], ...]; `more()` gives (a promise of) the texts that only a result needs. */
export const nextPage = async (rules, texts, more, fields, today) => {
  const { answers, refused } = readAnswers(rules.data, fields, today);
  const [before, again] = moved(answers, fields);
  const result = new Result(rules, texts, before, today);
  const trouble = refused.find((one) => one.fact === last(fields, "q")
    && one.trouble !== "no_such_fact");
  const asked = trouble ? trouble.fact : again;
  const question = texts.questions[asked] || result.question;
  const others = question ? without(before, question.fact) : before;
  const known = texts.regions.map(([code]) => code);
  const region = known.indexOf(last(fields, "r")) >= 0 ? last(fields, "r") : "";
  const carried = (list) => ({ given: list, fields: fieldsOf(list) });
  const isResult = !question || (last(fields, "show") !== undefined && !trouble);
  const context = {
    result,
    question,
    previous: null,
    answers: carried(before),
    others: carried(others),
    region,
    regions: texts.regions,
    trouble,
    left_out: refused.filter((one) => one !== trouble),
    number: others.length + 1,
    wheel: result.wheel(),
    elsewhere: `guide:${texts.door}`,
  };
  const old = question && answerOf(answers, question.fact);
  if (old) context.previous = saidAbout(texts, question.fact, old);
  if (isResult) {
    const rest = await more();
    result.write(rest);
    context.near = result.near(region, rest);
    context.sheets = rest.sheets;
  }
  const filler = new Filler(texts, addressOf(texts.door));
  const page = texts.pages[isResult ? "result" : "question"];
  return {
    title: filler.fill(page.title, context) + texts.name,
    main: filler.fill(page.main, context),
    isResult,
  };
};
