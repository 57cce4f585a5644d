//! How far two spike trains, or two solutions, are apart.
