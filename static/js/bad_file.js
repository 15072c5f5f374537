/** A file that cannot be shown. */
export class BadFile extends Error {
  /** @param {(t: any) => string} say the one sentence on what is wrong and what to do, in the language of t */
  constructor(say) {
    super(say((text) => text));
    this.say = say;
  }
}
