/** The sign of the house: a spoken bubble with the e of 融e联. */
export function Mark() {
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true">
      <rect width="64" height="64" rx="15" fill="#b5121b" />
      <path
        d="M32 12c-12.2 0-22 8.3-22 18.6 0 5.9 3.2 11.1 8.2 14.5-.3 2.7-1.4 5.2-3.1 7.3 4-.4 7.6-1.9 10.5-4.1 2 .5 4.2.8 6.4.8 12.2 0 22-8.3 22-18.500S44.2 12 32 12z"
        fill="#fff"
      />
      <path
        d="M22.5 31.500h18.800c-.2-5.6-4-9.3-9.2-9.3-5.4 0-9.5 3.9-9.5 9.3 0 5.3 4.1 9 9.8 9 3.5 0 6.4-1.3 8.3-3.6"
        fill="none"
        stroke="#b5121b"
        strokeWidth="4"
        strokeLinecap="round"
      />
    </svg>
  );
}
