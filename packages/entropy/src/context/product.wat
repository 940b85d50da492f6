;; Products of int8 matrices with int32 sums: out[row][column] += sum over k of a[row][k] * b[column][k].
;;
;; Every sum is exact as long as depth * 127 * 127 and what stood in `out` stay below 2^31, which the caller
;; proves; so the order of the additions is of no matter and every machine gets the same bits.
;; Depth is a multiple of 16; columns are taken four at a time.
(module
  (memory (export "memory") 2)

  (func (export "product")
    (param $a i32)         ;; address of the rows of a, int8 [rows, depth]
    (param $aEnd i32)      ;; address behind the last row
    (param $b i32)         ;; address of b, int8 [columns, depth]
    (param $bEnd i32)      ;; address behind the last column; columns are a multiple of four
    (param $depth i32)     ;; bytes of a row, a multiple of 16, above 0
    (param $out i32)       ;; address of the sums, int32 [rows, columns]
    (local $column i32) (local $x i32) (local $xEnd i32) (local $w i32)
    (local $two i32) (local $three i32)
    (local $low v128) (local $high v128) (local $weights v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)

    (local.set $two (i32.shl (local.get $depth) (i32.const 1)))
    (local.set $three (i32.add (local.get $two) (local.get $depth)))
    (loop $rows
      (local.set $column (local.get $b))
      (local.set $xEnd (i32.add (local.get $a) (local.get $depth)))
      (loop $columns
        (local.set $x (local.get $a))
        (local.set $w (local.get $column))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $s2 (v128.const i32x4 0 0 0 0))
        (local.set $s3 (v128.const i32x4 0 0 0 0))
        (loop $depths
          (local.set $low (i16x8.extend_low_i8x16_s (v128.load (local.get $x))))
          (local.set $high (i16x8.extend_high_i8x16_s (v128.load (local.get $x))))
          (local.set $weights (v128.load (local.get $w)))
          (local.set $s0 (i32x4.add (local.get $s0) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (i16x8.extend_low_i8x16_s (local.get $weights)))
            (i32x4.dot_i16x8_s (local.get $high) (i16x8.extend_high_i8x16_s (local.get $weights))))))
          (local.set $weights (v128.load (i32.add (local.get $w) (local.get $depth))))
          (local.set $s1 (i32x4.add (local.get $s1) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (i16x8.extend_low_i8x16_s (local.get $weights)))
            (i32x4.dot_i16x8_s (local.get $high) (i16x8.extend_high_i8x16_s (local.get $weights))))))
          (local.set $weights (v128.load (i32.add (local.get $w) (local.get $two))))
          (local.set $s2 (i32x4.add (local.get $s2) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (i16x8.extend_low_i8x16_s (local.get $weights)))
            (i32x4.dot_i16x8_s (local.get $high) (i16x8.extend_high_i8x16_s (local.get $weights))))))
          (local.set $weights (v128.load (i32.add (local.get $w) (local.get $three))))
          (local.set $s3 (i32x4.add (local.get $s3) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (i16x8.extend_low_i8x16_s (local.get $weights)))
            (i32x4.dot_i16x8_s (local.get $high) (i16x8.extend_high_i8x16_s (local.get $weights))))))
          (local.set $x (i32.add (local.get $x) (i32.const 16)))
          (local.set $w (i32.add (local.get $w) (i32.const 16)))
          (br_if $depths (i32.ne (local.get $x) (local.get $xEnd))))

        ;; The four vectors of partial sums, transposed and added, are the four columns' sums.
        (local.set $low (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $s0) (local.get $s1))
          (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $s0) (local.get $s1))))
        (local.set $high (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $s2) (local.get $s3))
          (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $s2) (local.get $s3))))
        (v128.store (local.get $out) (i32x4.add (v128.load (local.get $out)) (i32x4.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $low) (local.get $high))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $low) (local.get $high)))))

        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $column (i32.add (local.get $column) (i32.shl (local.get $depth) (i32.const 2))))
        (br_if $columns (i32.ne (local.get $column) (local.get $bEnd))))
      (local.set $a (local.get $xEnd))
      (br_if $rows (i32.ne (local.get $a) (local.get $aEnd))))))
