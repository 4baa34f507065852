;; seed 25152, checked: throws Error: no register at 29
;; (module
;;   (type (func (param i64 i64)))
;;   (type (func (param f32) (result i64)))
;;   (type (func (result i64)))
;;   (type (func (param i64 f64 i32 f32 i32 i32 i64 i64) (result i32)))
;;   (memory 1 1)
;;   (table 7 funcref)
;;   (global (mut i32) (i32.const 0))
;;   (global i64 (i64.const 84))
;;   (export "f0" (func 4))
;;   (export "f1" (func 5))
;;   (export "f2" (func 6))
;;   (export "f3" (func 7))
;;   (func (;0;) (type 0) (param i64 i64)
;;     (local f32 f64)
;;     global.get 0
;;     i32.eqz
;;     if
;;       return
;;     end
;;     global.get 0
;;     i32.const 1
;;     i32.sub
;;     global.set 0
;;   )
;;   (func (;1;) (type 1) (param f32) (result i64)
;;     (local f32 f64)
;;     global.get 0
;;     i32.eqz
;;     if
;;       i64.const 0
;;       return
;;     end
;;     global.get 0
;;     i32.const 1
;;     i32.sub
;;     global.set 0
;;     i64.const 0
;;   )
;;   (func (;2;) (type 2) (result i64)
;;     (local f32 f64)
;;     global.get 0
;;     i32.eqz
;;     if
;;       i64.const 0
;;       return
;;     end
;;     global.get 0
;;     i32.const 1
;;     i32.sub
;;     global.set 0
;;     i64.const 0
;;     f64.const 0
;;     f64.const 0
;;     f64.add
;;     i32.const 0
;;     i32.const 0
;;     f32.convert_i32_s
;;     i32.const 0
;;     f32.const 0
;;     i32.trunc_sat_f32_u
;;     i32.const 0
;;     i64.load align=4
;;     i32.const 0
;;     i32.load16_s
;;     i64.extend_i32_s
;;     call 3
;;     i32.const 0
;;     i32.const 0
;;     memory.copy
;;     i64.const 0
;;   )
;;   (func (;3;) (type 3) (param i64 f64 i32 f32 i32 i32 i64 i64) (result i32)
;;     (local f32 f64)
;;     global.get 0
;;     i32.eqz
;;     if
;;       i32.const 0
;;       return
;;     end
;;     global.get 0
;;     i32.const 1
;;     i32.sub
;;     global.set 0
;;     i32.const 0
;;   )
;;   (func (;4;) (type 0) (param i64 i64)
;;     i32.const 40
;;     global.set 0
;;     local.get 0
;;     local.get 1
;;     call 0
;;   )
;;   (func (;5;) (type 1) (param f32) (result i64)
;;     i32.const 40
;;     global.set 0
;;     local.get 0
;;     call 1
;;   )
;;   (func (;6;) (type 2) (result i64)
;;     i32.const 40
;;     global.set 0
;;     call 2
;;   )
;;   (func (;7;) (type 3) (param i64 f64 i32 f32 i32 i32 i64 i64) (result i32)
;;     i32.const 40
;;     global.set 0
;;     local.get 0
;;     local.get 1
;;     local.get 2
;;     local.get 3
;;     local.get 4
;;     local.get 5
;;     local.get 6
;;     local.get 7
;;     call 3
;;   )
;; )
(module binary
  "\00\61\73\6d\01\00\00\00\01\1b\04\60\02\7e\7e\00\60\01\7d\01\7e\60\00\01"
  "\7e\60\08\7e\7c\7f\7d\7f\7f\7e\7e\01\7f\03\09\08\00\01\02\03\00\01\02\03"
  "\04\04\01\70\00\07\05\04\01\01\01\01\06\0c\02\7f\01\41\00\0b\7e\00\42\d4"
  "\00\0b\07\15\04\02\66\30\00\04\02\66\31\00\05\02\66\32\00\06\02\66\33\00"
  "\07\0a\d3\01\08\14\02\01\7d\01\7c\23\00\45\04\40\0f\0b\23\00\41\01\6b\24"
  "\00\0b\18\02\01\7d\01\7c\23\00\45\04\40\42\00\0f\0b\23\00\41\01\6b\24\00"
  "\42\00\0b\50\02\01\7d\01\7c\23\00\45\04\40\42\00\0f\0b\23\00\41\01\6b\24"
  "\00\42\00\44\00\00\00\00\00\00\00\00\44\00\00\00\00\00\00\00\00\a0\41\00"
  "\41\00\b2\41\00\43\00\00\00\00\fc\01\41\00\29\02\00\41\00\2e\01\00\ac\10"
  "\03\41\00\41\00\fc\0a\00\00\42\00\0b\18\02\01\7d\01\7c\23\00\45\04\40\41"
  "\00\0f\0b\23\00\41\01\6b\24\00\41\00\0b\0c\00\41\28\24\00\20\00\20\01\10"
  "\00\0b\0a\00\41\28\24\00\20\00\10\01\0b\08\00\41\28\24\00\10\02\0b\18\00"
  "\41\28\24\00\20\00\20\01\20\02\20\03\20\04\20\05\20\06\20\07\10\03\0b")
(assert_return (invoke "f2") (i64.const 0x0))
