//! The functions that the module exports: bytes of a request in, bytes of an answer out.

use std::cell::RefCell;
use std::sync::Once;

use serde_json::json;

use crate::reply::Reply;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Room for a request of `length` bytes: where they are to be written.
#[expect(unsafe_code, reason = "a name that the page can call")]
#[unsafe(no_mangle)]
pub extern "C" fn request(length: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        request.clear();
        request.resize(length, 0);
        request.as_mut_ptr()
    })
}

/// Answers the request that was written; gives where the answer is. After a fault, [`answer`] has its message.
#[expect(unsafe_code, reason = "a name that the page can call")]
#[unsafe(no_mangle)]
pub extern "C" fn ask() -> *const u8 {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| keep(Reply::of(json!({ "fault": panic.to_string() })))));
    });
    let made = REQUEST.with_borrow(|request| crate::ask(request));
    keep(made.unwrap_or_else(|error| Reply::of(json!({ "refused": error.to_string() }))));
    answer()
}

/// Where the last answer is.
#[expect(unsafe_code, reason = "a name that the page can call")]
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}

/// How many bytes the last answer has.
#[expect(unsafe_code, reason = "a name that the page can call")]
#[unsafe(no_mangle)]
pub extern "C" fn answered() -> usize {
    ANSWER.with_borrow(Vec::len)
}

fn keep(reply: Reply) {
    ANSWER.with_borrow_mut(|answer| reply.write(answer));
}
