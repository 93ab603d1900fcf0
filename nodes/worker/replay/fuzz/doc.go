// Package fuzz holds what tests the C unpacker (nodes/worker/replay) with hostile streams: a device and a GL that draw nothing but read and
// write every byte that a real GL would (stub/, C only: stub_*_gen.c from the description, custom_*.c by hand), a harness that runs
// made-up streams over it as a worker would, targets for libFuzzer (make fuzz), and a test that builds all of it with gcc's address and
// undefined-behaviour sanitizers and runs the corpus and every command with nonsense of every kind.
//
// Under the sanitizers each array that GL is given stands in memory of its own (nodes/worker/replay/exact.h). There is no Go code but tests.
//
// testdata/corpus/items has inputs of the harness (stub/drive.h), raw has a byte of options and a batch.
package fuzz
