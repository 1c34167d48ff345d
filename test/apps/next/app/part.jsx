export default function Part() {
  return <p id="part">this is the first edition</p>;
}
