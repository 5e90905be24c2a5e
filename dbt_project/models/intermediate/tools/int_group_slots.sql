-- a and p are in the slot, b and q in the rest of the pupil's period.
with {{ sums_by_group("int_pattern_slots", ["item"], slot_sums()) }}
