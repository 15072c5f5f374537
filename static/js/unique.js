/** An id that no other element of the page has: preact's own useId begins anew in every root, and a lesson has many. */
import {useState} from "preact/hooks";

let count = 0;

export const useUnique = () => useState(() => `u${++count}`)[0];
