% # What a sign-in proved, in one word and two stairs. Given: second_factor.
<span class="badge {{'badge-strong' if second_factor else 'badge-plain'}}">
  <svg class="stairs" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
    <rect class="stair" x="1.5" y="9" width="5.5" height="5.5" rx="1"/>
    <rect class="stair stair-second" x="9" y="2" width="5.5" height="12.5" rx="1"/>
  </svg>
  {{'Second factor' if second_factor else 'Password'}}
</span>
