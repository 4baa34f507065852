import type { Constant, Register } from "./machine.js";

/**
 * Where a value is: a register (0-15), a word of the spill area, a word of the arguments that came on the stack, or a word of those that
 * go to a callee on the stack.
 */
export type Place = number;

const slotBase = 0x100;
const incomingBase = 0x100000;
const outgoingBase = 0x200000;

/** The place of spill word `k`, of incoming stack word `k`, of outgoing stack word `k`. */
export const slotPlace = (k: number): Place => slotBase + k;
export const incomingPlace = (k: number): Place => incomingBase + k;
export const outgoingPlace = (k: number): Place => outgoingBase + k;

/** A place taken apart. */
export type PlaceKind =
  | { readonly kind: "register"; readonly register: Register }
  | { readonly kind: "slot" | "incoming" | "outgoing"; readonly word: number };

export function kindOf(place: Place): PlaceKind {
  if (place >= outgoingBase) return { kind: "outgoing", word: place - outgoingBase };
  if (place >= incomingBase) return { kind: "incoming", word: place - incomingBase };
  if (place >= slotBase) return { kind: "slot", word: place - slotBase };
  return { kind: "register", register: place };
}

export const isRegister = (place: Place): boolean => place < slotBase;
export const isLow = (place: Place): boolean => place < 8;

/** Part of a parallel move: all are read before any is written. */
export interface Move {
  readonly from: Place | Constant;
  readonly to: Place;
}
