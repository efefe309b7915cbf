//! The same files from any number of threads, and an end to every job, whatever else the pool has to do.

use std::sync::mpsc;
use std::time::Duration;

use masthead_decode::Decoder;
use masthead_encode::{JpegOptions, PngEffort, PngOptions, encode_jpeg, encode_png};
use masthead_testdata::any_size;
use masthead_variants::{Encoding, Error, Plan, RenderOptions, Scratch, Source, render, render_picture, resample};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::{dimensions, file, noise, set, whole};

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

/// Pictures of many more rows than are decoded ahead, and one that comes at once; they differ in components and sampling.
fn uploads() -> Vec<Vec<u8>> {
    let picture = noise(dimensions(401, 903));
    let fast = PngOptions::default().with_effort(PngEffort::Fast);
    let jpeg = encode_jpeg(&picture, &JpegOptions::default()).unwrap();
    vec![encode_png(picture, &fast).unwrap(), jpeg, file("jpeg-progressive-444.jpg"), file("png-rgb-8-interlaced.png")]
}

/// The first half of a file: it ends in the middle of its pixels. (That a JPEG of several scans does shows in its header.)
fn cut(file: &[u8]) -> Vec<u8> {
    file[..file.len() / 2].to_vec()
}

/// The files of a picture, or why there are none.
fn rendered(upload: &[u8], parallel: bool, scratch: &Scratch) -> Result<Vec<Vec<u8>>, Error> {
    let decoder = Decoder::new(upload, &any_size())?;
    let source = Source::from(decoder.header());
    let set = set(&[(300, 100), (401, 903), (60, 30), (64, 10), (150, 150)], Encoding::default());
    let options = RenderOptions::default().with_parallel(parallel);
    let plan = Plan::new(&source, &whole(decoder.header().displayed()), &set, &options);
    render(&plan, &decoder, scratch).map(|rendered| rendered.variants.into_iter().map(|file| file.bytes).collect())
}

/// Runs `work` on a thread of its own: a deadlock is a failure, not a test that never ends.
fn ends(what: &str, work: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        work();
        let _ = sender.send(());
    });
    match receiver.recv_timeout(Duration::from_secs(120)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what}: no end in sight"),
        _ => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

#[test]
fn jobs_that_share_a_pool_all_end_and_give_the_same_files() {
    let uploads = uploads();
    let scratch = Scratch::default();
    let expected: Vec<_> = uploads.iter().map(|upload| rendered(upload, false, &scratch).unwrap()).collect();
    for threads in [1, 2, 3, 8] {
        let (uploads, expected) = (uploads.clone(), expected.clone());
        ends(&format!("{threads} threads"), move || {
            let (outer, inner) = (pool(threads), pool(threads));
            let scratch = Scratch::default();
            outer.scope(|scope| {
                for job in 0..24 {
                    let (upload, expected) = (&uploads[job % uploads.len()], &expected[job % uploads.len()]);
                    let (scratch, inner) = (&scratch, &inner);
                    // Some jobs are damaged, and some are rendered by another pool, whose threads wait as well.
                    let damaged = job / uploads.len() % 3 == 2;
                    scope.spawn(move |_| {
                        let bytes = if damaged { cut(upload) } else { upload.clone() };
                        let made = if job % 5 == 0 {
                            inner.install(|| rendered(&bytes, true, scratch))
                        } else {
                            rendered(&bytes, true, scratch)
                        };
                        match made {
                            Ok(files) => assert!(!damaged && files == *expected, "job {job} on {threads} threads"),
                            Err(error) => assert!(damaged && matches!(error, Error::Decode(_)), "job {job}: {error}"),
                        }
                    });
                }
            });
        });
    }
}

/// A pool whose other threads are all busy: the one that decodes does everything.
#[test]
fn nobody_waits_for_a_thread_that_has_no_time() {
    for upload in uploads() {
        ends("a busy pool", move || {
            let pool = pool(2);
            let (done, busy_until) = mpsc::channel::<()>();
            let (started, running) = mpsc::channel();
            pool.spawn(move || {
                started.send(()).unwrap();
                let _ = busy_until.recv();
            });
            running.recv().unwrap();
            let expected = rendered(&upload, false, &Scratch::default()).unwrap();
            assert!(pool.install(|| rendered(&upload, true, &Scratch::default())).unwrap() == expected);
            drop(done);
        });
    }
}

/// The error is that of decoding on one thread.
#[test]
fn damage_is_told_in_the_same_words_by_any_number_of_threads() {
    for upload in uploads() {
        let bytes = cut(&upload);
        let expected = rendered(&bytes, false, &Scratch::default()).unwrap_err();
        for threads in [2, 4] {
            let error = pool(threads).install(|| rendered(&bytes, true, &Scratch::default())).unwrap_err();
            assert_eq!(error, expected);
        }
    }
}

#[test]
fn a_picture_in_memory_gives_the_same_files_as_its_file() {
    let pools = [1, 3].map(pool);
    for upload in uploads() {
        let decoder = Decoder::new(upload.as_slice(), &any_size()).unwrap();
        let all = whole(decoder.header().displayed());
        let set = set(&[(300, 100), (401, 201), (60, 30)], Encoding::default());
        let plan = Plan::new(&Source::from(decoder.header()), &all, &set, &RenderOptions::default());
        let expected = render(&plan, &decoder, &Scratch::default()).unwrap().variants;
        // A larger window than is needed: the rest of it is left out.
        let picture = decoder
            .decode(masthead_picture::Rect::of(decoder.header().stored), masthead_picture::Light::Linear)
            .unwrap();
        for pool in &pools {
            let made = pool.install(|| render_picture(&plan, picture.clone(), &Scratch::default())).unwrap().variants;
            assert!(made.iter().zip(&expected).all(|(made, expected)| made.bytes == expected.bytes));
            assert_eq!(made.len(), expected.len());
        }
    }
}

#[test]
fn a_plan_for_another_picture_is_refused() {
    let files = [file("jpeg-420.jpg"), file("jpeg-444.jpg"), file("png-rgb-8.png")];
    let decoders = files.map(|file| Decoder::new(file, &any_size()).unwrap());
    let plan = |decoder: &Decoder| {
        let header = decoder.header();
        let set = set(&[(60, 20)], Encoding::default());
        Plan::new(&Source::from(header), &whole(header.displayed()), &set, &RenderOptions::default())
    };
    for (i, planned) in decoders.iter().enumerate() {
        for (j, given) in decoders.iter().enumerate() {
            let made = resample(&plan(planned), given, &Scratch::default());
            assert_eq!(made.err(), (i != j).then_some(Error::Source), "{i} {j}");
        }
    }
}
