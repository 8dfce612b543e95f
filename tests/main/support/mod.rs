//! What the tests are told with: a folder to run in, specimens, a server, readers that are not ours.

pub mod house;
pub mod reading;
pub mod server;
pub mod specimen;

pub use house::{House, NOW, Ran};
pub use server::{Answer, Server};
