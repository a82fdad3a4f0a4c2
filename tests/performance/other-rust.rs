// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

//! What Rust's `std::sync::Weak` costs. It has no callbacks, and is a plain value of one word. As
//! other.h measures, but by the clock: std has no other.

use std::hint::black_box;
use std::sync::{Arc, Weak};
use std::time::Instant;

struct Bench {
    quick: bool,
}

impl Bench {
    fn scale(&self, n: usize) -> usize {
        if self.quick { n.min(100) } else { n }
    }

    fn measure(&self, operation: &str, n: usize, mut operate: impl FnMut()) {
        let n = self.scale(n);
        let mut best = f64::INFINITY;
        for _ in 0..if self.quick { 1 } else { 50 } {
            let started = Instant::now();
            for _ in 0..n {
                operate();
            }
            best = best.min(started.elapsed().as_nanos() as f64 / n as f64);
        }
        report(operation, "ns", best);
    }
}

fn report(operation: &str, unit: &str, value: f64) {
    println!("other\tRust\t{operation}\t{unit}\t{value:.2}");
}

fn main() {
    let bench = Bench { quick: std::env::args().nth(1).as_deref() == Some("--quick") };
    let thing = Arc::new(1u64);
    let weak = Arc::downgrade(&thing);

    bench.measure("get the target, and drop it", 20_000, || {
        black_box(black_box(&weak).upgrade());
    });
    bench.measure("a second plain ref, and drop it", 20_000, || {
        black_box(Arc::downgrade(black_box(&thing)));
    });
    bench.measure("birth of an object, first ref, death", 20_000, || {
        let thing = Arc::new(1u64);
        let weak = black_box(Arc::downgrade(&thing));
        drop(thing);
        drop(weak);
    });

    for (n, name) in [(1_000, "1,000"), (4_000, "4,000"), (16_000, "16,000"), (64_000, "64,000")] {
        let _others = vec![weak.clone(); bench.scale(n)];
        bench.measure(&format!("make and drop a ref, {name} others"), 2000, || {
            black_box(Arc::downgrade(black_box(&thing)));
        });
    }
    report("one more ref with a callback", "bytes", std::mem::size_of::<Weak<u64>>() as f64);
}
