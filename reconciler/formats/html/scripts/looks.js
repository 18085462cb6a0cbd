// How a state looks in a field, and how it is told. For one program, or for all of them.

const HAS = 1, GETS = 2, LOSES = 4, WOULD_GET = 8, WOULD_LOSE = 16, LEFT = 32;
const EVERY = (1n << 64n) - 1n;

function bits(mask) {
  let n = 0;
  for (; mask; mask &= mask - 1n) n++;
  return n;
}

function programsOf(mask) {
  return listing(page.programs.filter((_, i) => (mask >> BigInt(i)) & 1n));
}

/**
 * Of each state: its text, its tone, and how many cells are added, removed, blocked and held. Access itself is a cell
 * where all programs are looked at.
 */
function looksOf(states, program) {
  return states.map((state) => lookOf(state, program));
}

function lookOf(state, program) {
  const all = program === null;
  const within = all ? EVERY : 1n << BigInt(program);
  const count = (mask) => bits(mask & within);
  const pair = (flags) => Number(all && (state.pair & flags) !== 0);
  const adds = count(state.gets), removes = count(state.loses), holds = count(state.holds);
  const blocks = count(state.wouldGet) + count(state.wouldLose);
  const flagged = { adds: pair(GETS), removes: pair(LOSES), blocks: pair(WOULD_GET) + pair(WOULD_LOSE) };
  const look = {
    adds: adds + flagged.adds,
    removes: removes + flagged.removes,
    blocks: blocks + flagged.blocks,
    holds: holds + pair(HAS),
    left: count(state.left) > 0 || pair(LEFT) > 0,
  };
  look.changed = look.adds + look.removes + look.blocks > 0;
  const figure = (n) => (all && n ? String(n) : "");
  const texts = [];
  if (look.adds) texts.push(`+${figure(adds)}`);
  if (look.removes) texts.push(`−${figure(removes)}`);
  if (look.blocks) texts.push(`!${figure(blocks)}`);
  if (texts.length) look.text = texts.join(" ");
  else if (look.left) look.text = `${figure(holds)}?`;
  else if (all) look.text = look.holds ? String(holds) : "";
  else look.text = holds ? "●" : "";
  look.tone = toneOf(look);
  return look;
}

function toneOf(look) {
  if (look.adds && look.removes) return "mixed";
  if (look.adds) return "gain";
  if (look.removes) return "loss";
  if (look.blocks) return "blocked";
  if (look.left) return "left";
  return look.text ? "holds" : "";
}

/** What a pair has and what becomes of it, in sentences. */
function told(state) {
  if (!state) return [say("none")];
  const lines = [];
  if (state.holds) lines.push(say("has", { programs: programsOf(state.holds) }));
  else lines.push(say(state.pair & HAS ? "hasBare" : "hasNot"));
  const tell = (word, flag, mask) => {
    if (state.pair & flag) lines.push(say(`${word}Bare`));
    if (mask) lines.push(say(word, { programs: programsOf(mask) }));
  };
  tell("gets", GETS, state.gets);
  tell("loses", LOSES, state.loses);
  tell("wouldGet", WOULD_GET, state.wouldGet);
  tell("wouldLose", WOULD_LOSE, state.wouldLose);
  tell("left", state.left ? 0 : LEFT, state.left);
  return lines;
}
