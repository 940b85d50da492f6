;; The inner loop of the resampler: a polyphase FIR filter, one channel, one block of output samples.
;;
;; Output sample m is the sum of taps[k] * samples[k] over one row of the table of phases. Sixteen sums
;; run side by side from both ends of the row inwards, the small taps first, so that little is lost to
;; single precision. Their order is fixed: a sample depends on its taps and its input alone, not on
;; where in a block or in memory it stands.
;;
;; Rows are whole vectors of four taps and lie at multiples of 16 bytes; samples may lie anywhere.
(module
  (memory (export "memory") 5)

  (func (export "filter")
    (param $samples i32)    ;; address of the input sample that the first tap of the first output meets
    (param $out i32)        ;; address of the first output sample
    (param $outEnd i32)     ;; address behind the last one, above $out
    (param $row i32)        ;; address of the taps of the first output's phase
    (param $rowBytes i32)   ;; bytes of taps in a row, above 0
    (param $tableEnd i32)   ;; address behind the last row
    (param $tableBytes i32) ;; bytes of all rows
    (param $rowStep i32)    ;; bytes from row to row, below $tableBytes: down mod up rows
    (param $sampleStep i32) ;; bytes from input to input without carry: floor(down / up) samples
    (local $x i32) (local $w i32) (local $xBack i32) (local $wBack i32)
    (local $sideBytes i32) (local $sideEnd i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)

    ;; Half of the part of a row that four vectors at a time use up; the other half is at its end.
    (local.set $sideBytes (i32.shl (i32.shr_u (local.get $rowBytes) (i32.const 6)) (i32.const 5)))
    (loop $outputs
      (local.set $x (local.get $samples))
      (local.set $w (local.get $row))
      (local.set $xBack (i32.add (local.get $samples) (i32.sub (local.get $rowBytes) (i32.const 32))))
      (local.set $wBack (i32.add (local.get $row) (i32.sub (local.get $rowBytes) (i32.const 32))))
      (local.set $sideEnd (i32.add (local.get $row) (local.get $sideBytes)))
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (v128.const f32x4 0 0 0 0))
      (local.set $c (v128.const f32x4 0 0 0 0))
      (local.set $d (v128.const f32x4 0 0 0 0))

      ;; Four accumulators: one alone would wait for each addition before the next.
      (block $sidesDone
        (br_if $sidesDone (i32.eqz (local.get $sideBytes)))
        (loop $sides
          (local.set $a (f32x4.add (local.get $a)
            (f32x4.mul (v128.load align=4 (local.get $x)) (v128.load (local.get $w)))))
          (local.set $b (f32x4.add (local.get $b)
            (f32x4.mul (v128.load offset=16 align=4 (local.get $x)) (v128.load offset=16 (local.get $w)))))
          (local.set $c (f32x4.add (local.get $c)
            (f32x4.mul (v128.load align=4 (local.get $xBack)) (v128.load (local.get $wBack)))))
          (local.set $d (f32x4.add (local.get $d)
            (f32x4.mul (v128.load offset=16 align=4 (local.get $xBack)) (v128.load offset=16 (local.get $wBack)))))
          (local.set $x (i32.add (local.get $x) (i32.const 32)))
          (local.set $w (i32.add (local.get $w) (i32.const 32)))
          (local.set $xBack (i32.sub (local.get $xBack) (i32.const 32)))
          (local.set $wBack (i32.sub (local.get $wBack) (i32.const 32)))
          (br_if $sides (i32.ne (local.get $w) (local.get $sideEnd)))))

      ;; What is left in the middle, at most three vectors. ($wBack is 32 bytes before its end.)
      (block $middleDone
        (local.set $wBack (i32.add (local.get $wBack) (i32.const 32)))
        (br_if $middleDone (i32.eq (local.get $w) (local.get $wBack)))
        (loop $middle
          (local.set $a (f32x4.add (local.get $a)
            (f32x4.mul (v128.load align=4 (local.get $x)) (v128.load (local.get $w)))))
          (local.set $x (i32.add (local.get $x) (i32.const 16)))
          (local.set $w (i32.add (local.get $w) (i32.const 16)))
          (br_if $middle (i32.ne (local.get $w) (local.get $wBack)))))

      ;; The sixteen sums are added in double precision: here they are largest.
      (local.set $a (f64x2.add
        (f64x2.add
          (f64x2.promote_low_f32x4 (local.get $a))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $a) (local.get $a))))
        (f64x2.add
          (f64x2.promote_low_f32x4 (local.get $b))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $b) (local.get $b))))))
      (local.set $c (f64x2.add
        (f64x2.add
          (f64x2.promote_low_f32x4 (local.get $c))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $c) (local.get $c))))
        (f64x2.add
          (f64x2.promote_low_f32x4 (local.get $d))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $d) (local.get $d))))))
      (local.set $a (f64x2.add (local.get $a) (local.get $c)))
      (f32.store (local.get $out) (f32.demote_f64
        (f64.add (f64x2.extract_lane 0 (local.get $a)) (f64x2.extract_lane 1 (local.get $a)))))

      ;; The next output stands down / up input samples on: whole samples, and rows with a carry.
      (local.set $samples (i32.add (local.get $samples) (local.get $sampleStep)))
      (local.set $row (i32.add (local.get $row) (local.get $rowStep)))
      (if (i32.ge_u (local.get $row) (local.get $tableEnd))
        (then
          (local.set $row (i32.sub (local.get $row) (local.get $tableBytes)))
          (local.set $samples (i32.add (local.get $samples) (i32.const 4)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $outputs (i32.lt_u (local.get $out) (local.get $outEnd))))))
