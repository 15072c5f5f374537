/**
 * One sentence at the checkpoints of a model's training, each asked for once. An encoder-decoder without a target
 * reads at every checkpoint what the finished model wrote, so that the same tokens are compared.
 */
export class Series {
  /**
   * @param {(body: any, signal: AbortSignal) => Promise<any>} ask one trace
   * @param {any} body the request without a checkpoint: the finished model's
   * @param {boolean} writes whether the model writes the target itself
   */
  constructor(ask, body, writes) {
    Object.assign(this, {ask, body, writes});
    this.traces = new Map();
    this.filling = null;
  }

  has(checkpoint) { return this.traces.has(checkpoint); }

  /** @param {number|null} checkpoint null: the finished model */
  async at(checkpoint, signal) {
    if (!this.has(checkpoint)) {
      this.traces.set(checkpoint, await this.ask(await this.request(checkpoint, signal), signal));
    }
    return this.traces.get(checkpoint);
  }

  async request(checkpoint, signal) {
    if (checkpoint === null) return this.body;
    const target = this.writes && {target: spelt((await this.at(null, signal)).tokens.target)};
    return {...this.body, checkpoint, ...target};
  }

  /** Fetches one after the other what is not here yet. */
  async fill(checkpoints) {
    if (this.filling) return;
    const mine = this.filling = new AbortController();
    try {
      for (const checkpoint of checkpoints) await this.at(checkpoint, mine.signal);
    } catch {
      // told when the checkpoint is asked for by itself
    }
    if (this.filling === mine) this.filling = null;
  }

  stop() {
    this.filling?.abort();
    this.filling = null;
  }
}

/** A target that is read as these tokens: its language token, then what the others spell. */
export const spelt = ([language, ...tokens]) =>
  language.text + tokens.filter(({start, part}) => start !== null && !part?.[0]).map(({text}) => text).join("");
