/** How the loop treats a first halfword: what rp2040js executes as it should is `ordinary`. */
export const Kind = {
  ordinary: 0,
  /** UDF, or no instruction of ARMv6-M, or one that containers have no use for (MRS, CPS, BKPT, WFI and their like). */
  undefined: 1,
  svc: 2,
  udf: 3,
  /** First half of a wide instruction: BL, or else undefined. */
  wide: 4,
  adcs: 5,
  sbcs: 6,
  /** LSLS, LSRS, ASRS or RORS by a register. */
  shift: 7,
  /** PUSH with LR. */
  pushLr: 8,
  blx: 9,
} as const;

/** The kind of each halfword. */
export const kinds: Uint8Array = makeKinds();

function makeKinds(): Uint8Array {
  const table = new Uint8Array(0x10000).fill(Kind.undefined);
  const set = (from: number, to: number, kind: number): unknown => table.fill(kind, from, to + 1);
  // Shift, add, subtract, move, compare; data processing; high registers; literal loads; loads and stores; addresses.
  set(0x0000, 0xafff, Kind.ordinary);
  set(0x4080, 0x413f, Kind.shift);
  set(0x41c0, 0x41ff, Kind.shift);
  set(0x4140, 0x417f, Kind.adcs);
  set(0x4180, 0x41bf, Kind.sbcs);
  setHighRegisterForms(table);
  set(0xb000, 0xb0ff, Kind.ordinary);
  set(0xb200, 0xb2ff, Kind.ordinary);
  set(0xb401, 0xb4ff, Kind.ordinary);
  set(0xb500, 0xb5ff, Kind.pushLr);
  set(0xba00, 0xba7f, Kind.ordinary);
  set(0xbac0, 0xbaff, Kind.ordinary);
  set(0xbc01, 0xbdff, Kind.ordinary);
  set(0xbf00, 0xbf00, Kind.ordinary);
  set(0xc000, 0xddff, Kind.ordinary);
  for (let opcode = 0xc000; opcode < 0xd000; opcode += 0x100) table[opcode] = Kind.undefined;
  set(0xde00, 0xdeff, Kind.udf);
  set(0xdf00, 0xdfff, Kind.svc);
  set(0xe000, 0xe7ff, Kind.ordinary);
  set(0xf000, 0xf7ff, Kind.wide);
  return table;
}

/** ADD, CMP and MOV with high registers stay ordinary; BX and BLX want zeros below the register. */
function setHighRegisterForms(table: Uint8Array): void {
  for (let opcode = 0x4700; opcode < 0x4800; opcode++) {
    const kind = opcode < 0x4780 ? Kind.ordinary : Kind.blx;
    table[opcode] = (opcode & 7) === 0 ? kind : Kind.undefined;
  }
}
