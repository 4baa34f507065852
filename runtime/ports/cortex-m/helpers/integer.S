/*
 * Whole numbers. Wide ones are two words, low first; by AAPCS the first argument is in r0 and r1, the second in r2 and r3.
 * The __aeabi names are those by which the C sources of this folder find the same routines.
 */
#include "asm.h"

/* r0 = leading zeros of r0. */
function i32_clz
    movs r1, #28
    lsrs r2, r0, #16
    beq 1f
    movs r0, r2
    subs r1, #16
1:  lsrs r2, r0, #8
    beq 2f
    movs r0, r2
    subs r1, #8
2:  lsrs r2, r0, #4
    beq 3f
    movs r0, r2
    subs r1, #4
    /* Leading zeros of a nibble, by the nibble; none from 8 on, where the shift leaves nothing. */
3:  ldr r2, =0x11112234
    lsls r0, r0, #2
    lsrs r2, r0
    movs r0, #15
    ands r0, r2
    adds r0, r0, r1
    bx lr

/* r0 = trailing zeros of r0: 32 less the leading zeros of the ones that r0 - 1 has in their place. */
function i32_ctz, 4
    push {lr}
    subs r1, r0, #1
    bics r1, r0
    movs r0, r1
    bl i32_clz
    movs r1, #32
    subs r0, r1, r0
    pop {pc}

function i64_clz, 4
    cmp r1, #0
    beq 1f
    movs r0, r1
    b i32_clz
1:  push {lr}
    bl i32_clz
    adds r0, #32
    pop {pc}

function i64_ctz, 8
    cmp r0, #0
    bne i32_ctz
    movs r0, r1
    push {lr}
    bl i32_ctz
    adds r0, #32
    pop {pc}

/* a = a * b modulo 2^64, from products of 16 bits by 16. */
    also_named __aeabi_lmul, i64_mul, 12
function i64_mul, 12
    push {r4, r5, lr}
    muls r3, r0
    muls r1, r2
    adds r3, r1
    lsrs r1, r0, #16
    lsrs r4, r2, #16
    uxth r0, r0
    uxth r2, r2
    movs r5, r0
    muls r5, r4
    muls r4, r1
    muls r0, r2
    muls r1, r2
    adds r3, r4
    movs r4, #0
    adds r1, r5
    adcs r4, r4
    lsls r4, r4, #16
    adds r3, r4
    lsls r2, r1, #16
    lsrs r1, r1, #16
    adds r0, r2
    adcs r1, r3
    pop {r4, r5, pc}

/* Shifts of a by the low six bits of r2. A shift of a word by 32 leaves nothing, so that 0 needs no case of its own. */
    also_named __aeabi_llsl, i64_shl, 4
function i64_shl, 4
    lsls r2, r2, #26
    lsrs r2, r2, #26
    subs r2, #32
    bhs 1f
    push {r4}
    rsbs r3, r2, #0
    adds r2, #32
    movs r4, r0
    lsrs r4, r3
    lsls r1, r2
    lsls r0, r2
    orrs r1, r4
    pop {r4}
    bx lr
1:  movs r1, r0
    lsls r1, r2
    movs r0, #0
    bx lr

    also_named __aeabi_llsr, i64_shr_u, 4
function i64_shr_u, 4
    lsls r2, r2, #26
    lsrs r2, r2, #26
    subs r2, #32
    bhs 1f
    push {r4}
    rsbs r3, r2, #0
    adds r2, #32
    movs r4, r1
    lsls r4, r3
    lsrs r0, r2
    lsrs r1, r2
    orrs r0, r4
    pop {r4}
    bx lr
1:  movs r0, r1
    lsrs r0, r2
    movs r1, #0
    bx lr

    also_named __aeabi_lasr, i64_shr_s, 4
function i64_shr_s, 4
    lsls r2, r2, #26
    lsrs r2, r2, #26
    subs r2, #32
    bhs 1f
    push {r4}
    rsbs r3, r2, #0
    adds r2, #32
    movs r4, r1
    lsls r4, r3
    lsrs r0, r2
    asrs r1, r2
    orrs r0, r4
    pop {r4}
    bx lr
1:  movs r0, r1
    asrs r0, r2
    asrs r1, r1, #31
    bx lr

/* Rotation by 32 swaps the words; what is left is below 32. */
function i64_rotr, 8
    push {r4, r5}
    lsls r3, r2, #26
    bpl 1f
    movs r4, r0
    movs r0, r1
    movs r1, r4
1:  movs r3, #31
    ands r2, r3
    adds r3, #1
    subs r3, r3, r2
    movs r4, r0
    movs r5, r1
    lsls r4, r3
    lsls r5, r3
    lsrs r0, r2
    lsrs r1, r2
    orrs r0, r5
    orrs r1, r4
    pop {r4, r5}
    bx lr

/* r0 = r0 / r1, r1 = r0 % r1, unsigned: eight bits of the quotient a round, as many rounds as it has bytes. */
.macro divide_bit bit
    lsrs r3, r0, #\bit
    cmp r3, r1
    blo 1f
    lsls r3, r1, #\bit
    subs r0, r0, r3
1:  adcs r2, r2
.endm

    also_named __aeabi_uidiv, i32_div_u, 0
    also_named __aeabi_uidivmod, i32_div_u, 0
function i32_div_u
    mov r12, r1
    movs r2, #0
2:  lsrs r3, r0, #8
    cmp r3, r1
    blo 3f
    lsls r1, r1, #8
    b 2b
3:  .irp bit, 7, 6, 5, 4, 3, 2, 1
    divide_bit \bit
    .endr
    cmp r0, r1
    blo 4f
    subs r0, r0, r1
4:  adcs r2, r2
    cmp r1, r12
    beq 5f
    lsrs r1, r1, #8
    b 3b
5:  movs r1, r0
    movs r0, r2
    bx lr

function i32_rem_u, 4
    push {lr}
    bl i32_div_u
    movs r0, r1
    pop {pc}

/* The quotient is negative if the signs differ, the remainder if the dividend is. */
function i32_div_s, 8
    push {r4, lr}
    movs r4, r0
    eors r4, r1
    bl divide_magnitudes
    cmp r4, #0
    bge 1f
    rsbs r0, r0, #0
1:  pop {r4, pc}

function i32_rem_s, 8
    push {r4, lr}
    movs r4, r0
    bl divide_magnitudes
    movs r0, r1
    cmp r4, #0
    bge 1f
    rsbs r0, r0, #0
1:  pop {r4, pc}

function divide_magnitudes
    cmp r0, #0
    bge 1f
    rsbs r0, r0, #0
1:  cmp r1, #0
    bge i32_div_u
    rsbs r1, r1, #0
    b i32_div_u

/*
 * a = a / b, b = a % b, unsigned. The high word of the quotient comes from a division of words, the low word bit by bit, but that a divisor of
 * 16 bits divides in digits of 16 bits.
 */
    also_named __aeabi_uldivmod, i64_div_u, 20
function i64_div_u, 20
    push {r4-r7, lr}
    movs r7, #0
    movs r6, r0
    movs r4, r2
    movs r5, r3
    bne divide_by_wide
    movs r0, r1
    beq 1f
    movs r1, r2
    bl i32_div_u
    movs r7, r0
    movs r0, r1
    /* r7 = high word of the quotient, r0 = what remains of the high word, r6 = the low word. */
1:  lsrs r1, r4, #16
    bne divide_low_word
    lsls r0, r0, #16
    lsrs r1, r6, #16
    orrs r0, r1
    movs r1, r4
    bl i32_div_u
    lsls r5, r0, #16
    lsls r0, r1, #16
    uxth r6, r6
    orrs r0, r6
    movs r1, r4
    bl i32_div_u
    movs r2, r1
    movs r3, #0
    adds r0, r5
    movs r1, r7
    pop {r4-r7, pc}
divide_by_wide:
    movs r0, r1
    /* (r3, r2) = the remainder so far, (r5, r4) = the divisor, r6 = bits to come above, bits of the quotient below. */
divide_low_word:
    movs r2, r0
    movs r3, #0
    movs r1, #32
2:  adds r6, r6
    adcs r2, r2
    adcs r3, r3
    bcs 3f
    cmp r3, r5
    blo 4f
    bhi 3f
    cmp r2, r4
    blo 4f
3:  subs r2, r4
    sbcs r3, r5
    adds r6, #1
4:  subs r1, #1
    bne 2b
    movs r0, r6
    movs r1, r7
    pop {r4-r7, pc}

function i64_rem_u, 24
    push {lr}
    bl i64_div_u
    movs r0, r2
    movs r1, r3
    pop {pc}

function i64_div_s, 28
    push {r4, lr}
    movs r4, r1
    eors r4, r3
    bl divide_wide_magnitudes
    b negate_if

function i64_rem_s, 28
    push {r4, lr}
    movs r4, r1
    bl divide_wide_magnitudes
    movs r0, r2
    movs r1, r3
negate_if:
    cmp r4, #0
    bge 1f
    movs r2, #0
    rsbs r0, r0, #0
    sbcs r2, r1
    movs r1, r2
1:  pop {r4, pc}

function divide_wide_magnitudes, 20
    push {r4}
    movs r4, #0
    cmp r1, #0
    bge 1f
    rsbs r0, r0, #0
    sbcs r4, r1
    movs r1, r4
    movs r4, #0
1:  cmp r3, #0
    bge 2f
    rsbs r2, r2, #0
    sbcs r4, r3
    movs r3, r4
2:  pop {r4}
    b i64_div_u

/*
 * a = 2^54 * a / b for a < 2 b < 2^54, bit 0 being set also if something remains: the quotient of two significands with two bits to
 * round by.
 */
function divide_significands, 20
    push {r4-r7, lr}
    movs r5, #23
    movs r6, #0
    movs r4, #0
1:  cmp r1, r3
    bhi 2f
    blo 3f
    cmp r0, r2
    blo 3f
2:  subs r0, r2
    sbcs r1, r3
3:  adcs r4, r4
    adds r0, r0
    adcs r1, r1
    subs r5, #1
    bne 1b
    cmp r6, #0
    bne 4f
    mov r12, r4
    movs r5, #32
    movs r6, #1
    b 1b
4:  orrs r0, r1
    beq 5f
    movs r0, #1
    orrs r4, r0
5:  movs r0, r4
    mov r1, r12
    pop {r4-r7, pc}

/* r0 = 2^25 * r0 / r1 for r1 <= r0 < 2 r1 < 2^25, bit 0 being set also if something remains. */
function divide_short_significands
    movs r3, #13
1:  .rept 2
    cmp r0, r1
    blo 2f
    subs r0, r0, r1
2:  adcs r2, r2
    lsls r0, r0, #1
    .endr
    subs r3, #1
    bne 1b
    lsls r2, r2, #6
    lsrs r2, r2, #6
    cmp r0, #0
    beq 3f
    movs r0, #1
    orrs r2, r0
3:  movs r0, r2
    bx lr

/* (r3, r0) = r0 * r1, from products of 16 bits by 16. Takes r1, r2 and r4 as well. */
function multiply_words
    lsrs r2, r0, #16
    lsrs r3, r1, #16
    uxth r0, r0
    uxth r1, r1
    movs r4, r0
    muls r4, r3
    muls r3, r2
    muls r2, r1
    muls r0, r1
    movs r1, #0
    adds r4, r4, r2
    adcs r1, r1
    lsls r1, r1, #16
    adds r3, r3, r1
    lsls r1, r4, #16
    lsrs r4, r4, #16
    adds r0, r0, r1
    adcs r3, r4
    bx lr

/* a = the high half of a * b, bit 0 being set also if there is something in the low half. */
function multiply_significands, 36
    push {r0-r7, lr}
    movs r1, r2
    bl multiply_words
    movs r5, r0
    movs r6, r3
    ldr r0, [sp, #4]
    ldr r1, [sp, #8]
    bl multiply_words
    movs r7, #0
    adds r6, r6, r0
    adcs r7, r3
    ldr r0, [sp, #0]
    ldr r1, [sp, #12]
    bl multiply_words
    movs r1, #0
    adds r6, r6, r0
    adcs r3, r1
    orrs r5, r6
    adds r7, r7, r3
    adcs r1, r1
    movs r6, r1
    ldr r0, [sp, #4]
    ldr r1, [sp, #12]
    bl multiply_words
    adds r0, r0, r7
    adcs r3, r6
    cmp r5, #0
    beq 1f
    movs r1, #1
    orrs r0, r1
1:  movs r1, r3
    add sp, #16
    pop {r4-r7, pc}
